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
  {batch, classes, scaledSums, inverseNorms, quotients}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    takeQuotients(products, i * classes, inverseNorms, quotients);
    const max = largestOf(quotients, y + 1, classes, largestOf(quotients, 0, y, LOWEST));
    state[SCALED_MAX * batch + i] = max;
    scaledSums[i] =
      sumOfExponentials(quotients, 0, y, max) + sumOfExponentials(quotients, y + 1, classes, max);
  }
}

/** A row of W_j·x over ‖W_j‖, in float32 like M, so that none exceeds M by what rounding adds. */
export function takeQuotients(
  products: TypedArray,
  from: number,
  inverseNorms: Float64Array,
  quotients: Float32Array,
): void {
  for (let j = 0; j < quotients.length; j++) quotients[j] = products[from + j]! * inverseNorms[j]!;
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
