import type {TrainConfig} from '../config.js';
import {Random} from '../random.js';
import type {LambdaRecipe} from './lambdaRecipe.js';

/** The losses that a random search takes, one at a time. */
export const searchedLosses = ['hinge', 'softmax', 'lsoftmax', 'asoftmax'] as const;
export type SearchedLoss = (typeof searchedLosses)[number];

export function hasMargin(loss: SearchedLoss): loss is 'lsoftmax' | 'asoftmax' {
  return loss === 'lsoftmax' || loss === 'asoftmax';
}

/** What a random search draws. */
export interface Candidate extends Pick<TrainConfig, 'learningRate' | 'weightDecay' | 'dropout' | 'bias'> {
  /** The angular margin. */
  readonly m: number;
  readonly lambda: LambdaRecipe;
}

/**
 * Candidate number `index` of a search. It is the same for every loss, so that all have the same chances; a loss without
 * a margin has no use for m and λ.
 *
 * λ falls either as SphereFace's does (power 1) or as L-Softmax's on CIFAR-10 (power 45), to a minimum between none and
 * the package's default.
 */
export function drawCandidate(seed: number, index: number): Candidate {
  const random = new Random(seed, `candidate ${index}`);
  const uniform = (from: number, to: number) => from + ((to - from) * random.uint32()) / 2 ** 32;
  const logUniform = (from: number, to: number) =>
    Number(Math.exp(uniform(Math.log(from), Math.log(to))).toPrecision(2));
  const oneOf = <T>(...choices: readonly T[]) => choices[random.below(choices.length)]!;
  const optimisation = {
    learningRate: logUniform(0.001, 0.01),
    weightDecay: logUniform(0.1, 3),
    dropout: Number(uniform(0, 0.3).toFixed(2)),
    bias: oneOf(false, true),
  };
  const fall = oneOf({power: 1, gamma: logUniform(0.01, 1)}, {power: 45, gamma: logUniform(1e-5, 1e-4)});
  const lambda = {base: logUniform(100, 1000), ...fall, min: oneOf(0, 5, 10, 20, 50)};
  return {...optimisation, m: oneOf(2, 3, 4), lambda};
}
