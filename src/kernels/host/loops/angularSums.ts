import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from '../../../formula/exponential.js';

/**
 * The sums of logits that are a source times factors, for the classes from `first` to `end` of the row that begins at `from`. A
 * logit is rounded to float32, as the largest is kept, so that none exceeds it by what rounding adds.
 */
export function largestAngular(
  source: TypedArray,
  from: number,
  first: number,
  end: number,
  factors: Float64Array,
  atLeast: number,
): number {
  let max = atLeast;
  for (let j = first; j < end; j++) {
    const logit = Math.fround(source[from + j]! * factors[j]!);
    if (logit > max) max = logit;
  }
  return max;
}

/** Σ e^{f_j − max} */
export function sumOfAngularExponentials(
  source: TypedArray,
  from: number,
  first: number,
  end: number,
  factors: Float64Array,
  max: number,
): number {
  let sum = 0;
  for (let j = first; j < end; j++) sum += expOfNegative(Math.fround(source[from + j]! * factors[j]!) - max);
  return sum;
}

/** Σ f_j·e^{f_j − max} */
export function sumOfAngularMoments(
  source: TypedArray,
  from: number,
  first: number,
  end: number,
  factors: Float64Array,
  max: number,
): number {
  let sum = 0;
  for (let j = first; j < end; j++) {
    const logit = Math.fround(source[from + j]! * factors[j]!);
    sum += logit * expOfNegative(logit - max);
  }
  return sum;
}

/** Adds the gradient of such logits, slope·e^{f_j − max} each, to that of the source, and times the logit to a sum for every class. */
export function addAngularExponentials(
  source: TypedArray,
  from: number,
  first: number,
  end: number,
  factors: Float64Array,
  max: number,
  slope: number,
  result: TypedArray,
  alongClasses: Float64Array,
): void {
  for (let j = first; j < end; j++) {
    const logit = Math.fround(source[from + j]! * factors[j]!);
    const gradient = slope * expOfNegative(logit - max);
    result[from + j]! += gradient * factors[j]!;
    alongClasses[j]! += gradient * logit;
  }
}
