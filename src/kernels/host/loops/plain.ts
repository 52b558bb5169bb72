import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from '../../../formula/exponential.js';
import {SOFT} from '../../../tensors/labels.js';
import {LOWEST} from '../../limits.js';
import type {Block} from './blocks.js';
import {forSlopes, type GradientRows, type Rows} from './rows.js';

/**
 * The largest logit of each row, and Σ e^{f_j − max}, both over the classes but the true one; over all where there is none. A NaN
 * is not the largest, and shows in the sum.
 */
export function sumExponentials(
  {source, classes, classIds}: Rows,
  {first, end}: Block,
  max: Float64Array,
  sum: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    const from = i * classes;
    const to = from + classes;
    const at = y >= 0 ? from + y : to;
    const largest = largestOf(source, at + 1, to, largestOf(source, from, at, LOWEST));
    max[i] = largest;
    sum[i] = exponentialsOf(source, from, at, largest) + exponentialsOf(source, at + 1, to, largest);
  }
}

export function largestOf(logits: TypedArray, from: number, to: number, atLeast: number): number {
  let max = atLeast;
  for (let j = from; j < to; j++) {
    if (logits[j]! > max) max = logits[j]!;
  }
  return max;
}

/** Σ e^{f_j − max} */
export function exponentialsOf(logits: TypedArray, from: number, to: number, max: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += expOfNegative(logits[j]! - max);
  return sum;
}

/** Σ_j (f_y − f_j)/C of each row. */
export function sumLeads({source, classes, classIds}: Rows, {first, end}: Block, lead: Float64Array): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    if (y < 0) continue;
    const own = source[from + y]!;
    let sum = 0;
    for (let j = from; j < from + classes; j++) sum += own - source[j]!;
    lead[i] = sum / classes;
  }
}

/** Σ_{j≠y} max(0, f_j − f_y + Δ) of each row. */
export function sumExcesses(
  {source, classes, classIds}: Rows,
  {first, end}: Block,
  margin: number,
  excess: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    if (y >= 0) excess[i] = excessOf(source, from, classes, from + y, margin);
  }
}

/**
 * With max(0, v) = (v + |v|)/2: which is larger cannot be predicted, and a branch that the processor predicts wrong costs more
 * than all the rest. For the same reason it is the sum over all less what y adds, which leaves exactly 0 where every margin holds.
 */
function excessOf(logits: TypedArray, from: number, classes: number, at: number, margin: number): number {
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
  // Where a logit may be −∞, of which the formula above makes NaN; a logit that is NaN makes the sum so.
  sum = 0;
  for (let j = from; j < from + classes; j++) sum += j === at ? 0 : Math.max(0, logits[j]! - threshold);
  return sum;
}

/** Σ_{j≠y} max(0, f_j − f_y + Δ)² of each row. */
export function sumSquaredExcesses(
  {source, classes, classIds}: Rows,
  {first, end}: Block,
  margin: number,
  excess: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    if (y < 0) continue;
    const threshold = source[from + y]! - margin;
    let sum = threshold - threshold; // NaN if the true class's logit is
    for (let j = from; j < from + classes; j++) {
      const excess = j === from + y ? 0 : Math.max(0, source[j]! - threshold);
      sum += excess * excess;
    }
    excess[i] = sum;
  }
}

/** The largest logit of each row but the true class's, NaN if one is, and how many classes have it. */
export function findLargest(
  {source, classes, classIds}: Rows,
  {first, end}: Block,
  largest: Float64Array,
  ties: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    let max = LOWEST;
    let count = 0;
    for (let j = from; j < from + classes; j++) {
      if (j === from + y || source[j]! < max) continue;
      count = source[j]! > max ? 1 : count + 1;
      max = source[j]!;
      if (Number.isNaN(max)) break;
    }
    largest[i] = max;
    ties[i] = count;
  }
}

/** Writes the gradient of the cross-entropies: factor·e^{f_j − max}, and that of the true class. */
export function fillCrossEntropies(
  {source, classes, classIds, upstream, result}: GradientRows,
  {first, end}: Block,
  [max, factor, ofTrueClass]: readonly (TypedArray | undefined)[],
): void {
  for (let i = first; i < end; i++) {
    const from = i * classes;
    const to = from + classes;
    const y = classIds[i]! | 0;
    if (upstream[i] === 0 || (y < 0 && y !== SOFT)) {
      result.fill(0, from, to);
      continue;
    }
    const at = y >= 0 ? from + y : to;
    const slope = upstream[i]! * factor![i]!;
    fillExponentials(source, from, at, max![i]!, slope, result);
    fillExponentials(source, at + 1, to, max![i]!, slope, result);
    if (y >= 0) result[at] = ofTrueClass ? upstream[i]! * ofTrueClass[i]! : 0;
  }
}

/** Writes 0, and the gradient of the true class if there is one. */
export function fillTrueClass(rows: GradientRows, block: Block, ofTrueClass: TypedArray | undefined): void {
  const {classes, result} = rows;
  result.fill(0, block.first * classes, block.end * classes);
  const set = (i: number, y: number, slope: number) => {
    result[i * classes + y] = slope;
  };
  forSlopes(rows, ofTrueClass, set, block);
}

function fillExponentials(
  logits: TypedArray,
  from: number,
  to: number,
  max: number,
  factor: number,
  result: TypedArray,
): void {
  for (let j = from; j < to; j++) result[j] = factor * expOfNegative(logits[j]! - max);
}

/** Subtracts from all classes but the true one what `lead` adds. */
export function subtractLeads(rows: GradientRows, block: Block, lead: TypedArray): void {
  const {classes, result} = rows;
  const subtract = (i: number, y: number, slope: number) => {
    const from = i * classes;
    const ofTrueClass = result[from + y]!;
    for (let j = from; j < from + classes; j++) result[j]! -= slope;
    result[from + y] = ofTrueClass;
  };
  forSlopes(rows, lead, subtract, block);
}

/**
 * Adds to the gradient wherever a margin is violated, and subtracts as much from the true class; without a branch, as in the sum, and
 * without a call for each row, which the hinge would feel.
 */
export function addExcesses(
  {source, classes, classIds, upstream, result}: GradientRows,
  {first, end}: Block,
  margin: number,
  slopes: TypedArray,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0 || upstream[i] === 0) continue;
    const from = i * classes;
    const at = from + y;
    const slope = upstream[i]! * slopes[i]!;
    const threshold = source[at]! - margin;
    const ofTrueClass = result[at]!;
    let violated = -Number(source[at]! > threshold);
    for (let j = from; j < from + classes; j++) {
      const isAbove = Number(source[j]! > threshold);
      result[j]! += isAbove * slope;
      violated += isAbove;
    }
    result[at] = ofTrueClass - violated * slope;
  }
}

/** The same for squared ones. */
export function addSquaredExcesses(
  rows: GradientRows,
  block: Block,
  margin: number,
  slopes: TypedArray,
): void {
  const {source, classes, result} = rows;
  const add = (i: number, y: number, slope: number) => {
    const from = i * classes;
    const at = from + y;
    const threshold = source[at]! - margin;
    let sum = 0;
    for (let j = from; j < from + classes; j++) {
      if (j === at) continue;
      const excess = Math.max(0, source[j]! - threshold);
      result[j]! += 2 * slope * excess;
      sum += excess;
    }
    result[at]! -= 2 * slope * sum;
  };
  forSlopes(rows, slopes, add, block);
}

/** Adds a number to the gradient wherever a logit but the true class's is the largest. */
export function addToLargest(
  rows: GradientRows,
  block: Block,
  largest: TypedArray,
  slopes: TypedArray,
): void {
  const {source, classes, result} = rows;
  const add = (i: number, y: number, slope: number) => {
    const from = i * classes;
    for (let j = from; j < from + classes; j++) {
      if (j !== from + y && (source[j] === largest[i] || Number.isNaN(slope))) result[j]! += slope;
    }
  };
  forSlopes(rows, slopes, add, block);
}
