import {startBackend} from '../cifar10/backend.js';
import {JsonLines} from '../cifar10/jsonLines.js';
import {versions} from '../cifar10/versions.js';
import type {Data} from '../scale/problems.js';
import {type Folders, type Problem, type ProblemName, problems} from './problems.js';
import {runTrial} from './runTrial.js';
import {resultSchema, searchTrials, type Trial, type TrialResult, testTrials, trialKey} from './trials.js';

export interface RunOptions extends Folders {
  readonly problems: readonly ProblemName[];
  /** @defaultValue [1] */
  readonly seeds?: readonly number[];
  readonly results: string;
}

/** Searches and tests on every split; trials that are among the results already are not run again. */
export async function runTrials(
  options: RunOptions,
  from: Readonly<Record<ProblemName, Problem>> = problems,
): Promise<void> {
  for (const {title, folder} of options.problems.map((name) => from[name])) {
    if (options[folder] === undefined) throw new Error(`${title}: name the folder with --${folder}`);
  }
  const file = await JsonLines.open(options.results, resultSchema);
  const results = new Map(file.before.map((result) => [trialKey(result), result]));
  await startBackend('auto');
  for (const seed of options.seeds ?? [1]) {
    for (const name of options.problems) {
      const problem = from[name];
      const data = await problem.load(options[problem.folder]!);
      const runAll = async (trials: readonly Trial[]) => {
        for (const trial of trials.filter((one) => !results.has(trialKey(one)))) {
          const result = await timed(trial, problem, data);
          await file.append(result);
          results.set(trialKey(trial), result);
        }
      };
      for (const split of problem.splits.keys()) {
        await runAll(searchTrials(name, split + 1));
        await runAll(testTrials(name, split + 1, seed, [...results.values()]));
      }
    }
  }
  await file.close();
}

async function timed(trial: Trial, problem: Problem, data: Data): Promise<TrialResult> {
  const start = Date.now();
  const outcome = await runTrial(trial, problem, data);
  const seconds = Number(((Date.now() - start) / 1000).toFixed(1));
  const best = Math.max(...Object.values(outcome.scores).map(({auroc}) => 100 * auroc));
  console.log(
    `${problem.title}, split ${trial.split}, ${trial.stage}: ${trial.contender} ${JSON.stringify(trial.setting)} ` +
      `${best.toFixed(1)} (${seconds} s)`,
  );
  return {...trial, ...outcome, seconds, versions: versions()};
}
