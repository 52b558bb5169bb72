import {mean} from 'simple-statistics';
import {autoScale, type Loss, softmax} from 'tfjs-losses';
import {type ProblemName, problems} from './problems.js';
import {rules} from './rules.js';
import {losses, roundedAutoScale, scales, scalesFor, type TrialResult, trialKey} from './trials.js';

type Accuracy = 'validationAccuracy' | 'testAccuracy';

/** One loss on one problem. */
export interface Series {
  readonly problem: ProblemName;
  readonly loss: string;
  readonly seeds: number;
  /** In %, the mean over the seeds. */
  at(scale: number, accuracy: Accuracy): number;
  /** That of softmax on the same problem. */
  softmax(accuracy: Accuracy): number;
}

/** Test accuracy over the scale; in bold where validation accuracy is best. */
export function accuracyTable(results: readonly TrialResult[]): string {
  const head = [
    'problem',
    'C',
    'loss',
    'runs',
    'softmax',
    ...scales.map((scale) => `s = ${scale}`),
    'auto (s)',
  ];
  const rows = seriesOf(results).map((series) => {
    const {title, classes} = problems[series.problem];
    const best = bestScale(series);
    const cell = (scale: number) => {
      const text = series.at(scale, 'testAccuracy').toFixed(1);
      return scale === best ? `**${text}**` : text;
    };
    const reference = series.softmax('testAccuracy').toFixed(1);
    const auto = roundedAutoScale(classes);
    return [
      title,
      classes,
      series.loss,
      series.seeds,
      reference,
      ...scales.map(cell),
      `${cell(auto)} (${auto.toFixed(1)})`,
    ];
  });
  return table(head, rows);
}

/** How far each rule stays behind the best scale of every series, in points of validation accuracy. */
export function ruleTable(results: readonly TrialResult[]): string {
  const series = seriesOf(results);
  if (series.length === 0) {
    throw new Error('no loss has results for all scales; run the experiment first: npm run scale -- run');
  }
  const counts = [...new Set(series.map(({problem}) => problems[problem].classes))];
  const rows = rules.map(({title, scale}) => {
    const gaps = series.map((one) => {
      const best = one.at(bestScale(one), 'validationAccuracy');
      return best - interpolated(one, scale(problems[one.problem].classes));
    });
    const isAuto = counts.every((classes) => scale(classes).toFixed(2) === autoScale(classes).toFixed(2));
    return [
      isAuto ? `**${title}: auto**` : title,
      ...counts.map((classes) => scale(classes).toFixed(1)),
      mean(gaps).toFixed(2),
      Math.max(...gaps).toFixed(2),
    ];
  });
  return table(['rule', ...counts.map((classes) => `s at C = ${classes}`), 'mean gap', 'worst gap'], rows);
}

/** Every loss on every problem that has results for all scales. */
export function seriesOf(results: readonly TrialResult[]): Series[] {
  const bySeries = new Map<string, TrialResult[]>();
  for (const result of results) {
    const key = trialKey({...result, seed: 0});
    bySeries.set(key, [...(bySeries.get(key) ?? []), result]);
  }
  return (Object.keys(problems) as ProblemName[]).flatMap((problem) => {
    const runs = (loss: Loss) => bySeries.get(trialKey({problem, loss: loss.getConfig(), seed: 0})) ?? [];
    const accuracyOf = (loss: Loss, accuracy: Accuracy) => 100 * mean(runs(loss).map((run) => run[accuracy]));
    return Object.entries(losses).flatMap(([loss, create]) => {
      const tried = scalesFor(problems[problem].classes);
      const seeds = Math.min(...tried.map((scale) => runs(create(scale)).length));
      if (seeds === 0) return [];
      return {
        problem,
        loss,
        seeds,
        at: (scale: number, accuracy: Accuracy) => accuracyOf(create(scale), accuracy),
        softmax: (accuracy: Accuracy) => accuracyOf(softmax(), accuracy),
      };
    });
  });
}

/** Of those tried, by validation accuracy. */
function bestScale({problem, at}: Series): number {
  return scalesFor(problems[problem].classes).reduce((best, scale) =>
    at(scale, 'validationAccuracy') > at(best, 'validationAccuracy') ? scale : best,
  );
}

/** Validation accuracy at any scale: linear in ln s between those tried, constant outside. */
function interpolated({problem, at}: Series, scale: number): number {
  const tried = scalesFor(problems[problem].classes);
  const above = tried.findIndex((one) => one >= scale);
  if (above <= 0) return at(tried.at(above)!, 'validationAccuracy');
  const [low, high] = [tried[above - 1]!, tried[above]!];
  const part = Math.log(scale / low) / Math.log(high / low);
  return (1 - part) * at(low, 'validationAccuracy') + part * at(high, 'validationAccuracy');
}

function table(head: readonly (string | number)[], rows: readonly (readonly (string | number)[])[]): string {
  const alignment = head.map((_, column) => (rows.every((row) => isNumeric(row[column]!)) ? '--:' : '---'));
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function isNumeric(cell: string | number): boolean {
  return /^\W*\d[\d.]*\W*(\(.*\))?$/.test(String(cell));
}
