import {mean} from 'simple-statistics';
import {type Column, distinct, fixed, markdownTable, numbers, signed} from '../cifar10/report/markdown.js';
import {confidenceInterval} from '../cifar10/report/statistics.js';
import {combination, PAPER, weights} from './contenders.js';
import {type ProblemName, problemNames, problems} from './problems.js';
import {
  type Choice,
  choose,
  type Entrant,
  entrants,
  REFERENCE,
  scoreNames,
  type TrialResult,
  trialKey,
} from './trials.js';

/** One run of the test, in %. */
type Metric = (result: TrialResult, choice: Choice) => number;

export const metrics = {
  accuracy: ({accuracy}) => 100 * accuracy,
  auroc: ({scores}, {score}) => 100 * scores[score].auroc,
  logitAuroc: ({scores}) => 100 * scores.logit.auroc,
  oscr: ({scores}, {score}) => 100 * scores[score].oscr,
  eer: ({unknown}) => 100 * unknown!.eer,
  tar: ({unknown}) => 100 * unknown!.tar,
  oneShot: ({unknown}) => 100 * unknown!.oneShot,
  fiveShot: ({unknown}) => 100 * unknown!.fiveShot,
} satisfies Record<string, Metric>;

/** The results of one problem. */
export class Standings {
  readonly problem: ProblemName;
  readonly #results: readonly TrialResult[];
  readonly #byKey: ReadonlyMap<string, TrialResult>;
  readonly seeds: readonly number[];

  constructor(problem: ProblemName, results: readonly TrialResult[]) {
    this.problem = problem;
    this.#results = results.filter((result) => result.problem === problem);
    this.#byKey = new Map(this.#results.map((result) => [trialKey(result), result]));
    this.seeds = distinct(this.#results.filter(({stage}) => stage === 'test').map(({seed}) => seed));
  }

  /** What each split chose for an entrant. */
  choices(entrant: Entrant): Choice[] {
    const {problem} = this;
    return problems[problem].splits.map((_, i) => choose(this.#results, {problem, split: i + 1, ...entrant}));
  }

  /** The mean over the seeds, of each choice of known classes: of splits that differ in their order alone, the mean. */
  values(title: string, metric: keyof typeof metrics): number[] {
    const entrant = entrants.find((one) => one.title === title)!;
    const bySet = new Map<string, number[]>();
    for (const [i, choice] of this.choices(entrant).entries()) {
      const values = this.seeds.map((seed) =>
        metrics[metric](this.#test(entrant, choice, i + 1, seed), choice),
      );
      const known = [...problems[this.problem].splits[i]!].sort().join();
      bySet.set(known, [...(bySet.get(known) ?? []), mean(values)]);
    }
    return [...bySet.values()].map(mean);
  }

  /** How much more an entrant has than another one, on each choice of known classes. */
  differences(title: string, from: string, metric: keyof typeof metrics): number[] {
    const reference = this.values(from, metric);
    return this.values(title, metric).map((value, i) => value - reference[i]!);
  }

  #test({contender}: Entrant, {setting}: Choice, split: number, seed: number): TrialResult {
    const {problem} = this;
    const result = this.#byKey.get(trialKey({problem, stage: 'test', split, seed, contender, setting}));
    if (result === undefined) {
      throw new Error(
        `there is no test of ${contender} on split ${split} of ${problems[problem].title}, seed ${seed}; ` +
          'run the experiment first: npm run open-set -- run',
      );
    }
    return result;
  }
}

export function standingsOf(results: readonly TrialResult[]): Standings[] {
  return problemNames.map((problem) => new Standings(problem, results));
}

/** How well each loss does on known classes, and tells them from unknown ones. */
export function knownTable(standings: Standings): string {
  const columns = ['accuracy', 'AUROC', 'OSCR', 'AUROC, logit'];
  return comparison(standings, ['accuracy', 'auroc', 'oscr', 'logitAuroc'], columns, {
    title: 'scores chosen',
    cell: (entrant) => {
      const chosen = standings.choices(entrant).map(({score}) => score);
      const counts = scoreNames.map((name) => ({name, times: chosen.filter((one) => one === name).length}));
      return counts
        .filter(({times}) => times > 0)
        .sort((left, right) => right.times - left.times)
        .map(({name, times}) => `${name} ${times}`)
        .join(', ');
    },
  });
}

/** How well unknown classes are told from one another. */
export function unknownTable(standings: Standings): string {
  return comparison(
    standings,
    ['eer', 'tar', 'oneShot', 'fiveShot'],
    ['EER', 'TAR at FAR 10⁻³', '1-shot', '5-shot'],
  );
}

/** What another weight of A-Softmax changes in AUROC, against the paper's weight. */
export function weightTable(all: readonly Standings[]): string {
  const rows = weights.map((weight) => [
    weight === PAPER ? `**${weight}**, the paper's` : String(weight),
    ...all.flatMap((standings) => {
      const title = combination(weight);
      const auroc = fixed(mean(standings.values(title, 'auroc')));
      if (weight === PAPER) return [auroc, ''];
      return [auroc, interval(standings.differences(title, combination(PAPER), 'auroc'))];
    }),
  ]);
  const titles = all.flatMap(({problem}) => [problems[problem].title, 'difference']);
  return markdownTable([{title: 'weight of A-Softmax'}, ...numbers(...titles)], rows);
}

/** A row an entrant: means over the splits, and differences to tuned softmax. */
function comparison(
  standings: Standings,
  names: readonly (keyof typeof metrics)[],
  titles: readonly string[],
  last?: Column & {readonly cell: (entrant: Entrant) => string},
): string {
  const rows = entrants.map((entrant) => [
    `\`${entrant.title}\``,
    ...names.map((name) => {
      const value = fixed(mean(standings.values(entrant.title, name)));
      if (entrant.title === REFERENCE) return value;
      return `${value} (${interval(standings.differences(entrant.title, REFERENCE, name))})`;
    }),
    ...(last ? [last.cell(entrant)] : []),
  ]);
  return markdownTable([{title: 'loss'}, ...numbers(...titles), ...(last ? [last] : [])], rows);
}

/** A mean difference with its 95 % interval; in bold if that leaves out 0. */
export function interval(differences: number[]): string {
  const {mean: centre, halfWidth} = confidenceInterval(differences);
  const text = `${signed(centre)} ± ${fixed(halfWidth!)}`;
  return Math.abs(centre) > halfWidth! ? `**${text}**` : text;
}
