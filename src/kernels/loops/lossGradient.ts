import type {TypedArray} from '@tensorflow/tfjs-core';
import type {KernelTerm} from '../contract.js';
import {sortTerms, type TermOfKind} from '../sortTerms.js';
import {expOfNegative} from './exponential.js';
import {inversesOf} from './norms.js';
import {
  BY_BIAS,
  BY_KERNEL_NORM,
  BY_SCALED_TRUE_SCORE,
  BY_TRUE_SCORE,
  CLASS_ID,
  FACTOR,
  kernelNormsIn,
  MAX,
  SCALED_FACTOR,
  SCALED_MAX,
  STATE_SIZE,
} from './state.js';

/** The inputs of the kernel `lossGradient`, and where its outputs go. */
export interface LossGradientArrays {
  readonly scores: TypedArray;
  readonly labels: TypedArray;
  readonly products?: TypedArray | undefined;
  readonly upstream: TypedArray;
  readonly state: TypedArray;
  readonly byScores: TypedArray;
  readonly byKernelNorms?: TypedArray | undefined;
  readonly byBias?: TypedArray | undefined;
  readonly byProducts?: TypedArray | undefined;
}

/** The gradients of all terms at once. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function computeGradients(arrays: LossGradientArrays, terms: readonly KernelTerm[]): void {
  const {scores, upstream, state, byScores, byKernelNorms, byBias} = arrays;
  const {hinges, softmaxes, hasPlain, hasScaled} = sortTerms(terms);
  const classes = byScores.length / upstream.length;
  const inverseNorms = hasScaled ? inversesOf(kernelNormsIn(state, classes)) : null;
  const [products, byProducts] = [arrays.products ?? scores, arrays.byProducts ?? byScores];
  const alongColumns = new Float64Array(inverseNorms ? classes : 0);
  byKernelNorms?.fill(0);
  byBias?.fill(0);
  for (let i = 0; i < upstream.length; i++) {
    const from = i * classes;
    const to = from + classes;
    const ofRow = i * STATE_SIZE;
    const y = state[ofRow + CLASS_ID]!;
    const at = y >= 0 ? from + y : to;
    const up = upstream[i]!;
    if (Number.isNaN(state[ofRow + FACTOR])) {
      byScores.fill(Number.NaN, from, to);
      arrays.byProducts?.fill(Number.NaN, from, to);
      alongColumns.fill(Number.NaN);
      if (y >= 0) {
        if (byKernelNorms) byKernelNorms[y] = Number.NaN;
        if (byBias) byBias[y] = Number.NaN;
      }
      continue;
    }
    if (hasPlain) {
      const factor = up * state[ofRow + FACTOR]!;
      const max = state[ofRow + MAX]!;
      fillExponentials(scores, from, at, max, factor, byScores);
      fillExponentials(scores, at + 1, to, max, factor, byScores);
    } else {
      clear(byScores, from, to);
    }
    for (const term of softmaxes) subtractLabels(arrays.labels, from, at, to, up, term, byScores);
    let byTrueScore = up * state[ofRow + BY_TRUE_SCORE]!;
    for (const {weight, margin} of hinges) {
      const each = up * weight;
      const threshold = scores[at]! - margin;
      const violated = addWhereAbove(scores, from, to, threshold, each, byScores);
      byTrueScore -= (violated - Number(scores[at]! > threshold)) * each;
    }
    if (at < to) byScores[at] = byTrueScore;
    if (byKernelNorms) byKernelNorms[y]! += up * state[ofRow + BY_KERNEL_NORM]!;
    if (byBias) byBias[y]! += up * state[ofRow + BY_BIAS]!;
    if (inverseNorms) {
      if (byProducts !== byScores) clear(byProducts, from, to);
      const factor = up * state[ofRow + SCALED_FACTOR]!;
      const max = state[ofRow + SCALED_MAX]!;
      addScaled(products, from, from, at, inverseNorms, max, factor, byProducts, alongColumns);
      addScaled(products, from, at + 1, to, inverseNorms, max, factor, byProducts, alongColumns);
      const byQuotient = up * state[ofRow + BY_SCALED_TRUE_SCORE]! * inverseNorms[y]!;
      byProducts[at]! += byQuotient;
      alongColumns[y]! += byQuotient * products[at]!;
    }
  }
  // ∂(s_j/‖W_j‖)/∂‖W_j‖ = −(s_j/‖W_j‖)/‖W_j‖
  for (let j = 0; j < alongColumns.length; j++) byKernelNorms![j]! -= alongColumns[j]! * inverseNorms![j]!;
}

/** The part of a cross-entropy's gradient that its labels make; the true class's is in the state. */
function subtractLabels(
  labels: TypedArray,
  from: number,
  at: number,
  to: number,
  upstream: number,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  gradient: TypedArray,
): void {
  const everyClass = (upstream * weight * labelSmoothing) / (to - from);
  if (everyClass !== 0) for (let j = from; j < to; j++) gradient[j]! -= everyClass;
  if (at < to) return;
  const share = upstream * weight * (1 - labelSmoothing);
  for (let j = from; j < to; j++) gradient[j]! -= share * labels[j]!;
}

/** A loop, since `fill` takes longer to call than to do its work where the classes are few. */
function clear(gradient: TypedArray, from: number, to: number): void {
  for (let j = from; j < to; j++) gradient[j] = 0;
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

/** Adds `each` wherever a score exceeds the threshold, and counts these places; without a branch, as in the loss. */
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

/**
 * The gradient by way of the quotients q_j = s_j/‖W_j‖, and in `alongColumns` the sum of gradient times quotient: for the
 * classes but the true one, from `first` to `end` in the row that begins at `from`.
 */
function addScaled(
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
