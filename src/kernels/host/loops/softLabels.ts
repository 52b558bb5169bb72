import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Plan} from '../../../formula/plan.js';

/** Cross-entropy against a row of labels q = a·label + b/C, which need not sum to 1. */
export interface SoftLabels {
  readonly rows: TypedArray;
  /** a and b. */
  readonly share: number;
  readonly evenly: number;
}

/** What makes soft labels of rows, if the plan takes any. */
export function softLabelsOf(
  plan: Plan,
  rows: TypedArray,
  hasRows: boolean,
  numbers: readonly number[],
): SoftLabels | null {
  if (!plan.softLabels || !hasRows) return null;
  return {rows, share: numbers[plan.softLabels.labels]!, evenly: numbers[plan.softLabels.evenly]!};
}

/** The loss Σ_j q_j·(max + log sum − f_j) of a row, and Σ_j q_j: with S = Σ e^{f_j − max} the gradient is mass·e^{f_j − max}/S − q_j. */
export function softCrossEntropy(
  {rows, share, evenly}: SoftLabels,
  logits: TypedArray,
  from: number,
  classes: number,
  max: number,
  sum: number,
): {loss: number; mass: number} {
  let [mass, shortfall] = [0, 0];
  for (let j = from; j < from + classes; j++) {
    const q = share * rows[j]! + evenly / classes;
    // A class without mass adds nothing, even if its logit is −∞.
    if (q === 0) continue;
    mass += q;
    shortfall += q * (max - logits[j]!);
  }
  return {loss: mass * Math.log(sum) + shortfall, mass};
}
