import {type LossConfig, softmax} from 'tfjs-losses';
import {marginLosses, withCandidate} from './candidates.js';

export const datasets = ['mnist', 'cifar10'] as const;
export type Dataset = (typeof datasets)[number];

/** One training run of the experiment. */
export interface Trial {
  readonly dataset: Dataset;
  readonly loss: LossConfig;
  readonly seed: number;
}

/** Softmax, and every margin loss with every candidate, each different one once. */
export function listTrials(
  datasets: readonly Dataset[],
  candidates: readonly string[],
  seeds: readonly number[],
): Trial[] {
  const losses = [
    softmax(),
    ...candidates.flatMap((candidate) => marginLosses.map((loss) => withCandidate(loss, candidate))),
  ];
  const trials = new Map<string, Trial>();
  for (const seed of seeds) {
    for (const dataset of datasets) {
      for (const loss of losses) {
        const trial = {dataset, loss: loss.getConfig(), seed};
        trials.set(trialKey(trial), trial);
      }
    }
  }
  return [...trials.values()];
}

/** What tells one trial from another. */
export function trialKey({dataset, loss, seed}: Trial): string {
  return JSON.stringify([dataset, loss, seed]);
}
