import type {TypedArray} from '@tensorflow/tfjs-core';
import type {SweepTerm} from '../contract.js';
import {type SortedTerms, sortTerms} from '../sortTerms.js';
import {expOfNegative} from './exponential.js';
import {inversesOf} from './norms.js';
import {
  BY_BIAS,
  BY_FEATURE_NORM,
  BY_KERNEL_NORM,
  BY_SCALED_TRUE_SCORE,
  BY_TRUE_SCORE,
  FACTOR,
  MAX,
  type Row,
  rowOf,
  SCALED_FACTOR,
  SCALED_MAX,
  type SweptArrays,
} from './row.js';

/** Where the gradients go. */
export interface SweepGradients {
  readonly byScores: TypedArray;
  /** With respect to ‖x‖, ‖W_j‖ and the bias; null if no term has a target. */
  readonly byFeatureNorms: TypedArray | null;
  readonly byKernelNorms: TypedArray | null;
  readonly byBias: TypedArray | null;
}

/** The gradients of all terms at once. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function sweepGradient(
  arrays: SweptArrays & {readonly upstream: TypedArray; readonly state: TypedArray},
  terms: readonly SweepTerm[],
  gradients: SweepGradients,
): void {
  const {upstream, state} = arrays;
  const sorted = sortTerms(terms);
  const classes = gradients.byScores.length / upstream.length;
  const inverseNorms = sorted.hasScaled ? inversesOf(arrays.kernelNorms!) : null;
  const alongColumns = new Float64Array(inverseNorms ? classes : 0);
  gradients.byKernelNorms?.fill(0);
  gradients.byBias?.fill(0);
  for (let i = 0; i < upstream.length; i++) {
    const row = rowOf(arrays.classIds, i, classes);
    const up = upstream[i]!;
    if (Number.isNaN(state[row.state + FACTOR])) {
      gradients.byScores.fill(Number.NaN, row.from, row.to);
      alongColumns.fill(Number.NaN);
    } else {
      fillScores(arrays, row, sorted, up, state, gradients.byScores);
      if (inverseNorms) {
        addScaled(arrays.scores, row, inverseNorms, up, state, gradients.byScores, alongColumns);
      }
    }
    if (gradients.byFeatureNorms) gradients.byFeatureNorms[i] = up * state[row.state + BY_FEATURE_NORM]!;
    if (gradients.byKernelNorms && gradients.byBias && row.at < row.to) {
      const y = row.at - row.from;
      gradients.byKernelNorms[y]! += up * state[row.state + BY_KERNEL_NORM]!;
      gradients.byBias[y]! += up * state[row.state + BY_BIAS]!;
    }
  }
  // ∂(s_j/‖W_j‖)/∂‖W_j‖ = −(s_j/‖W_j‖)/‖W_j‖
  alongColumns.forEach((sum, j) => {
    gradients.byKernelNorms![j]! -= sum * inverseNorms![j]!;
  });
}

/** The gradient by a row of scores, but for what goes by way of s_j/‖W_j‖. */
function fillScores(
  {scores, rows}: SweptArrays,
  row: Row,
  {hinges, softmaxes, hasPlain}: SortedTerms,
  upstream: number,
  state: TypedArray,
  gradient: TypedArray,
): void {
  const {from, to, at} = row;
  const factor = upstream * state[row.state + FACTOR]!;
  const max = state[row.state + MAX]!;
  if (hasPlain) {
    fillExponentials(scores, from, at, max, factor, gradient);
    fillExponentials(scores, at + 1, to, max, factor, gradient);
  } else {
    gradient.fill(0, from, to);
  }

  let byTrueScore = upstream * state[row.state + BY_TRUE_SCORE]!;
  for (const {weight, labelSmoothing} of softmaxes) {
    const everyClass = (upstream * weight * labelSmoothing) / (to - from);
    if (everyClass !== 0) for (let j = from; j < to; j++) gradient[j]! -= everyClass;
    const share = upstream * weight * (1 - labelSmoothing);
    if (at === to) for (let j = from; j < to; j++) gradient[j]! -= share * rows![j]!;
  }
  for (const {weight, margin} of hinges) {
    const threshold = scores[at]! - margin;
    const each = upstream * weight;
    const violated =
      addWhereAbove(scores, from, at, threshold, each, gradient) +
      addWhereAbove(scores, at + 1, to, threshold, each, gradient);
    byTrueScore -= violated * each;
  }
  if (at < to) gradient[at] = byTrueScore;
}

function fillExponentials(
  scores: TypedArray,
  from: number,
  to: number,
  max: number,
  factor: number,
  gradient: TypedArray,
): void {
  for (let j = from; j < to; j++) gradient[j] = factor * expOfNegative(scores[j]! - max);
}

/** Adds `each` wherever a score exceeds the threshold, and counts these places; without a branch, as in the sweep. */
function addWhereAbove(
  scores: TypedArray,
  from: number,
  to: number,
  threshold: number,
  each: number,
  gradient: TypedArray,
): number {
  let count = 0;
  for (let j = from; j < to; j++) {
    const isAbove = Number(scores[j]! > threshold);
    gradient[j]! += isAbove * each;
    count += isAbove;
  }
  return count;
}

/** The gradient by way of the quotients q_j = s_j/‖W_j‖, and in `alongColumns` the sum of gradient times quotient. */
function addScaled(
  scores: TypedArray,
  {from, to, at, state: ofRow}: Row,
  inverseNorms: Float64Array,
  upstream: number,
  state: TypedArray,
  gradient: TypedArray,
  alongColumns: Float64Array,
): void {
  const factor = upstream * state[ofRow + SCALED_FACTOR]!;
  const max = state[ofRow + SCALED_MAX]!;
  addScaledRange(scores, from, from, at, inverseNorms, max, factor, gradient, alongColumns);
  addScaledRange(scores, from, at + 1, to, inverseNorms, max, factor, gradient, alongColumns);
  if (at === to) return;
  const inverse = inverseNorms[at - from]!;
  const byQuotient = upstream * state[ofRow + BY_SCALED_TRUE_SCORE]!;
  gradient[at]! += byQuotient * inverse;
  alongColumns[at - from]! += byQuotient * scores[at]! * inverse;
}

/** The part of it that belongs to classes that are not the true one, from `first` to `end` in the row that begins at `from`. */
function addScaledRange(
  scores: TypedArray,
  from: number,
  first: number,
  end: number,
  inverseNorms: Float64Array,
  max: number,
  factor: number,
  gradient: TypedArray,
  alongColumns: Float64Array,
): void {
  for (let j = first; j < end; j++) {
    const inverse = inverseNorms[j - from]!;
    const quotient = Math.fround(scores[j]! * inverse);
    const byQuotient = factor * expOfNegative(quotient - max);
    gradient[j]! += byQuotient * inverse;
    alongColumns[j - from]! += byQuotient * quotient;
  }
}
