import type {Loss} from './loss.js';
import type {LossInputs} from './lossInputs.js';

/** A loss of this package as data: so what the terms of a combination have in common is computed in one go. */
export type LossTerm =
  | {readonly kind: 'hinge'; readonly margin: number}
  | {readonly kind: 'softmax'; readonly labelSmoothing: number}
  | MarginTerm;

/** A loss of the user's own computes itself. */
export type WeightedTerm = {readonly weight: number} & (
  | LossTerm
  | {readonly kind: 'own'; readonly loss: Loss}
);

/** L-Softmax, or A-Softmax if `normalized`. */
export interface MarginTerm {
  readonly kind: 'margin';
  readonly m: number;
  /** 1 / (1 + λ). */
  readonly share: number;
  /** Whether every W_j counts as one of norm 1, and the bias not at all. */
  readonly normalized: boolean;
}

/**
 * The method that gives the terms of a loss: registered, so that two copies of this package understand each other, and
 * with a version, which goes up with every change of what it gives.
 */
export const TERMS: unique symbol = Symbol.for('tfjs-losses/1/terms') as never;

/** The terms of any loss, each with its weight times `weight`. */
export function termsOf(loss: Loss, inputs: LossInputs, weight: number): readonly WeightedTerm[] {
  return knowsTerms(loss) ? loss[TERMS](inputs, weight) : [{kind: 'own', weight, loss}];
}

/** Whether its terms are what the loss computes: a subclass that overrides `compute` alone has the last word. */
export function knowsTerms(
  loss: Loss,
): loss is Loss & {[TERMS](inputs: LossInputs, weight: number): readonly WeightedTerm[]} {
  for (let object: object | null = loss; object !== null; object = Object.getPrototypeOf(object)) {
    if (Object.hasOwn(object, TERMS)) return true;
    if (Object.hasOwn(object, 'compute')) return false;
  }
  return false;
}
