import type {TypedArray} from '@tensorflow/tfjs-core';
import type {SweepTerm} from '../contract.js';
import {type SortedTerms, sortTerms} from '../sortTerms.js';
import {expOfNegative} from './exponential.js';
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
  STATE_SIZE,
  type SweptArrays,
} from './row.js';
import {type Scaling, scaledRow, scalingBy} from './scaling.js';

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
  const scaling = sorted.hasScaled ? scalingBy(arrays.kernelNorms!) : null;
  const alongColumns = new Float64Array(scaling ? classes : 0);
  gradients.byKernelNorms?.fill(0);
  gradients.byBias?.fill(0);
  for (let i = 0; i < upstream.length; i++) {
    const row = rowOf(arrays.classIds, i, classes);
    const ofRow = state.subarray(i * STATE_SIZE, (i + 1) * STATE_SIZE);
    const up = upstream[i]!;
    if (Number.isNaN(ofRow[FACTOR])) {
      gradients.byScores.fill(Number.NaN, row.from, row.to);
      alongColumns.fill(Number.NaN);
    } else {
      fillScores(arrays, row, sorted, up, ofRow, gradients.byScores);
      if (scaling) addScaled(arrays.scores, row, scaling, up, ofRow, gradients.byScores, alongColumns);
    }
    if (gradients.byFeatureNorms) gradients.byFeatureNorms[i] = up * ofRow[BY_FEATURE_NORM]!;
    if (gradients.byKernelNorms && gradients.byBias && row.at < row.to) {
      const y = row.at - row.from;
      gradients.byKernelNorms[y]! += up * ofRow[BY_KERNEL_NORM]!;
      gradients.byBias[y]! += up * ofRow[BY_BIAS]!;
    }
  }
  // ∂(s_j/‖W_j‖)/∂‖W_j‖ = −(s_j/‖W_j‖)/‖W_j‖
  alongColumns.forEach((sum, j) => {
    gradients.byKernelNorms![j]! -= sum * scaling!.inverseNorms[j]!;
  });
}

/** The gradient by a row of scores, but for what goes by way of s_j/‖W_j‖. */
function fillScores(
  {scores, rows}: SweptArrays,
  {from, to, at}: Row,
  {hinges, softmaxes, hasPlain}: SortedTerms,
  upstream: number,
  state: TypedArray,
  gradient: TypedArray,
): void {
  const factor = upstream * state[FACTOR]!;
  if (hasPlain) {
    fillExponentials(scores, from, at, state[MAX]!, factor, gradient);
    fillExponentials(scores, at + 1, to, state[MAX]!, factor, gradient);
  } else {
    gradient.fill(0, from, to);
  }

  let byTrueScore = upstream * state[BY_TRUE_SCORE]!;
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

/** Adds `each` wherever a score exceeds the threshold, and counts these places. */
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
    if (scores[j]! > threshold) {
      gradient[j]! += each;
      count++;
    }
  }
  return count;
}

/** The gradient by way of the quotients q_j = s_j/‖W_j‖, and in `alongColumns` the sum of gradient times quotient. */
function addScaled(
  scores: TypedArray,
  row: Row,
  scaling: Scaling,
  upstream: number,
  state: TypedArray,
  gradient: TypedArray,
  alongColumns: Float64Array,
): void {
  const [quotients, {to, at}] = scaledRow(scores, row, scaling);
  const factor = upstream * state[SCALED_FACTOR]!;
  const byQuotients = scaling.byQuotients;
  fillExponentials(quotients, 0, at, state[SCALED_MAX]!, factor, byQuotients);
  fillExponentials(quotients, at + 1, to, state[SCALED_MAX]!, factor, byQuotients);
  byQuotients[at] = upstream * state[BY_SCALED_TRUE_SCORE]!;
  for (let j = 0; j < to; j++) {
    gradient[row.from + j]! += byQuotients[j]! * scaling.inverseNorms[j]!;
    alongColumns[j]! += byQuotients[j]! * quotients[j]!;
  }
}
