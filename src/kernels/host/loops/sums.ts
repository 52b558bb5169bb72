import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from '../../../formula/exponential.js';
import {LOWEST} from '../../limits.js';

/** The largest of some logits; `atLeast` if none is larger. A NaN counts as none, and shows in the sum. */
export function largestOf(logits: TypedArray, from: number, to: number, atLeast = LOWEST): number {
  let max = atLeast;
  for (let j = from; j < to; j++) {
    if (logits[j]! > max) max = logits[j]!;
  }
  return max;
}

/** Σ e^{f_j − max} */
export function sumOfExponentials(logits: TypedArray, from: number, to: number, max: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += expOfNegative(logits[j]! - max);
  return sum;
}

/** Σ_j (f_y − f_j)/C */
export function leadOf(logits: TypedArray, from: number, classes: number, own: number): number {
  let sum = 0;
  for (let j = from; j < from + classes; j++) sum += own - logits[j]!;
  return sum / classes;
}

/**
 * Σ_{j≠y} max(0, f_j − f_y + Δ), with max(0, v) = (v + |v|)/2: which is larger cannot be predicted, and a branch that the
 * processor predicts wrong costs more than all the rest. For the same reason it is the sum over all less what y adds, which
 * leaves exactly 0 where every margin holds.
 */
export function excessOf(
  logits: TypedArray,
  from: number,
  classes: number,
  at: number,
  margin: number,
): number {
  const threshold = logits[at]! - margin;
  if (Number.isNaN(threshold)) return Number.NaN;
  let sum = 0;
  for (let j = from; j < from + classes; j++) {
    const excess = logits[j]! - threshold;
    sum += excess + Math.abs(excess);
  }
  const ofTrueClass = logits[at]! - threshold;
  sum -= ofTrueClass + Math.abs(ofTrueClass);
  if (Number.isFinite(sum)) return sum / 2;
  return (
    excessOfAnyNumbers(logits, from, at, threshold) +
    excessOfAnyNumbers(logits, at + 1, from + classes, threshold)
  );
}

/** The same where a logit may be −∞, of which the formula above makes NaN; a logit that is NaN makes the sum so. */
function excessOfAnyNumbers(logits: TypedArray, from: number, to: number, threshold: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += Math.max(0, logits[j]! - threshold);
  return sum;
}
