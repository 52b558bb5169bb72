import type {TypedArray} from '@tensorflow/tfjs-core';
import {LOWEST} from '../limits.js';
import {expOfNegative} from './exponential.js';
import type {LossArrays} from './loss.js';
import type {Scratch} from './scratch.js';
import {classIdIn, MAX, SCALED_MAX} from './state.js';

/**
 * M and S of each row of a block of scores: the largest score, and Σ e^{s_j − M}, both over the classes but the true one; over all
 * where there is none.
 */
export function sumRows(
  {scores, state}: LossArrays,
  {batch, classes, sums}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    const from = i * classes;
    const to = from + classes;
    const at = y >= 0 ? from + y : to;
    const max = largestOf(scores, at + 1, to, largestOf(scores, from, at, LOWEST));
    state[MAX * batch + i] = max;
    sums[i] = sumOfExponentials(scores, from, at, max) + sumOfExponentials(scores, at + 1, to, max);
  }
}

/** The same of the quotients W_j·x/‖W_j‖. */
export function sumScaledRows(
  {scores, products = scores, state}: LossArrays,
  {batch, classes, scaledSums, inverseNorms}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const from = i * classes;
    const before = largestQuotientOf(products, from, 0, y, inverseNorms, LOWEST);
    const max = largestQuotientOf(products, from, y + 1, classes, inverseNorms, before);
    state[SCALED_MAX * batch + i] = max;
    scaledSums[i] =
      sumOfScaledExponentials(products, from, 0, y, inverseNorms, max) +
      sumOfScaledExponentials(products, from, y + 1, classes, inverseNorms, max);
  }
}

/** W_j·x/‖W_j‖ in float32, as M is, so that none exceeds M by what rounding adds. */
export function quotientOf(product: number, inverseNorm: number): number {
  return Math.fround(product * inverseNorm);
}

/** Writes factor·e^{s_j − max} of some scores. */
export function fillExponentials(
  scores: TypedArray,
  from: number,
  to: number,
  max: number,
  factor: number,
  result: TypedArray,
): void {
  for (let j = from; j < to; j++) result[j] = factor * expOfNegative(scores[j]! - max);
}

function largestOf(scores: TypedArray, from: number, to: number, atLeast: number): number {
  let max = atLeast;
  for (let j = from; j < to; j++) {
    if (scores[j]! > max) max = scores[j]!;
  }
  return max;
}

function sumOfExponentials(scores: TypedArray, from: number, to: number, max: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += expOfNegative(scores[j]! - max);
  return sum;
}

/** Of the classes from `first` to `end` in the row that begins at `from`. */
function largestQuotientOf(
  products: TypedArray,
  from: number,
  first: number,
  end: number,
  inverseNorms: Float64Array,
  atLeast: number,
): number {
  let max = atLeast;
  for (let j = first; j < end; j++) {
    const quotient = quotientOf(products[from + j]!, inverseNorms[j]!);
    if (quotient > max) max = quotient;
  }
  return max;
}

function sumOfScaledExponentials(
  products: TypedArray,
  from: number,
  first: number,
  end: number,
  inverseNorms: Float64Array,
  max: number,
): number {
  let sum = 0;
  for (let j = first; j < end; j++)
    sum += expOfNegative(quotientOf(products[from + j]!, inverseNorms[j]!) - max);
  return sum;
}
