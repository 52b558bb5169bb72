import {readFile} from 'node:fs/promises';
import {
  amsoftmax,
  arcface,
  autoScale,
  type Loss,
  type LossConfig,
  normalizedSoftmax,
  softmax,
} from 'tfjs-losses';
import {type ProblemName, problems} from './problems.js';

/** One training. */
export interface Trial {
  readonly problem: ProblemName;
  readonly loss: LossConfig;
  readonly seed: number;
}

/** A line of the results file; accuracies are in [0, 1]. */
export interface TrialResult extends Trial {
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
}

/** The fixed scales that are tried on every problem; 30 and 64 are those of the papers. */
export const scales = [2, 3, 4.5, 6.5, 9, 11, 13, 20, 30, 64];

/** The losses, by the titles they have in the guide. */
export const losses: Readonly<Record<string, (scale: number) => Loss>> = {
  normalizedSoftmax: (scale) => normalizedSoftmax({scale}),
  'amsoftmax, m = 0.35': (scale) => amsoftmax({scale}),
  'arcface, m = 0.3': (scale) => arcface({margin: 0.3, scale}),
  'arcface, m = 0.5': (scale) => arcface({scale}),
};

/** The scale of `'auto'`, rounded to what it is known by in the results. */
export function roundedAutoScale(classes: number): number {
  return Number(autoScale(classes).toFixed(2));
}

/** The scales that are tried on a problem of so many classes, that of `'auto'` among them, in ascending order. */
export function scalesFor(classes: number): number[] {
  return [...scales, roundedAutoScale(classes)].sort((left, right) => left - right);
}

/** Softmax, and the losses of these titles with every scale. */
export function listTrials(problem: ProblemName, titles: readonly string[], seed: number): Trial[] {
  const all = scalesFor(problems[problem].classes);
  return [softmax(), ...titles.flatMap((title) => all.map(losses[title]!))].map((loss) => ({
    problem,
    loss: loss.getConfig(),
    seed,
  }));
}

/** What tells one trial from another. */
export function trialKey({problem, loss, seed}: Trial): string {
  return JSON.stringify([problem, loss, seed]);
}

/** The lines of the results file; none if it does not exist. */
export async function readResults(path: string | URL): Promise<TrialResult[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrialResult);
}
