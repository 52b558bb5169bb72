import {lossFromConfig} from 'tfjs-losses';
import {startBackend} from '../cifar10/backend.js';
import {JsonLines} from '../cifar10/jsonLines.js';
import {versions} from '../cifar10/versions.js';
import {resultSchema} from './results.js';
import {runCifar10Trial, runMnistTrial} from './runTrial.js';
import {type Dataset, datasets, listTrials, trialKey} from './trials.js';

export interface RunOptions {
  readonly mnist?: string;
  readonly cifar10?: string;
  readonly candidates: readonly string[];
  /** @defaultValue [1] */
  readonly seeds?: readonly number[];
  readonly results: string;
}

/** Runs the trials that are not among the results, and appends a line for each as soon as it is done. */
export async function runTrials(options: RunOptions): Promise<void> {
  const folders = {mnist: options.mnist, cifar10: options.cifar10};
  const chosen = datasets.filter((dataset) => folders[dataset] !== undefined);
  const trials = listTrials(chosen, options.candidates, options.seeds ?? [1]);
  const results = await JsonLines.open(options.results, resultSchema);
  const done = new Set(results.before.map(trialKey));
  await startBackend('auto');
  for (const [index, trial] of trials.entries()) {
    if (done.has(trialKey(trial))) continue;
    const start = Date.now();
    const outcome = await runners[trial.dataset](trial, folders[trial.dataset]!);
    const seconds = Math.round((Date.now() - start) / 1000);
    const formula = String(lossFromConfig(trial.loss));
    const record = {...trial, formula, ...outcome, seconds, versions: versions()};
    await results.append(record);
    const {testAccuracy} = outcome;
    console.log(
      `${index + 1}/${trials.length} ${trial.dataset} ${formula} seed ${trial.seed}: ` +
        `${testAccuracy === null ? 'diverged' : `${(100 * testAccuracy).toFixed(2)} % test`} (${seconds} s)`,
    );
  }
  await results.close();
}

const runners: Readonly<Record<Dataset, typeof runMnistTrial>> = {
  mnist: runMnistTrial,
  cifar10: runCifar10Trial,
};
