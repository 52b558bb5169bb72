import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from '../../../formula/exponential.js';
import {LOWEST} from '../../limits.js';
import type {Block} from './blocks.js';
import type {FactorsOfRow} from './factors.js';
import type {GradientRows, Rows} from './rows.js';

/**
 * The sums of logits that are a source times factors: the largest of each row, Σ e^{f_j − max} and Σ f_j·e^{f_j − max}, over the classes but the true one. A logit is rounded to float32, as the largest is kept, so that none
 * exceeds it by what rounding adds.
 */
export function sumAngularExponentials(
  {source, classes, classIds}: Rows,
  {first, end}: Block,
  factorsOfRow: FactorsOfRow,
  [maxima, sums, moments]: readonly [Float64Array, Float64Array, Float64Array],
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0) continue;
    const from = i * classes;
    const factors = factorsOfRow(i);
    const max = largestOf(
      source,
      from,
      y + 1,
      classes,
      factors,
      largestOf(source, from, 0, y, factors, LOWEST),
    );
    maxima[i] = max;
    sums[i] = 0;
    moments[i] = 0;
    addMoments(source, from, 0, y, factors, max, i, sums, moments);
    addMoments(source, from, y + 1, classes, factors, max, i, sums, moments);
  }
}

function largestOf(
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

function addMoments(
  source: TypedArray,
  from: number,
  first: number,
  end: number,
  factors: Float64Array,
  max: number,
  row: number,
  sums: Float64Array,
  moments: Float64Array,
): void {
  let sum = 0;
  let moment = 0;
  for (let j = first; j < end; j++) {
    const logit = Math.fround(source[from + j]! * factors[j]!);
    const exponential = expOfNegative(logit - max);
    sum += exponential;
    moment += logit * exponential;
  }
  sums[row]! += sum;
  moments[row]! += moment;
}

/** Adds the gradient of cross-entropies of such logits to that of the source, and Σ_i f_j·∂/∂f_j of each class to `alongClasses`. */
export function addAngularCrossEntropies(
  {source, classes, classIds, upstream, result}: GradientRows,
  {first, end}: Block,
  factorsOfRow: FactorsOfRow,
  [max, factor, ofTrueClass]: readonly TypedArray[],
  alongClasses: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0 || upstream[i] === 0) continue;
    const from = i * classes;
    const factors = factorsOfRow(i);
    const slope = upstream[i]! * factor![i]!;
    addExponentials(source, from, 0, y, factors, max![i]!, slope, result, alongClasses);
    addExponentials(source, from, y + 1, classes, factors, max![i]!, slope, result, alongClasses);
    const dProduct = upstream[i]! * ofTrueClass![i]! * factors[y]!;
    result[from + y]! += dProduct;
    alongClasses[y]! += dProduct * source[from + y]!;
  }
}

function addExponentials(
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
