import type {TypedArray} from '@tensorflow/tfjs-core';
import type {KernelTerm} from '../contract.js';
import {sortTerms, type TermOfKind} from '../sortTerms.js';
import {forBlocks} from './blocks.js';
import {expOfNegative} from './exponential.js';
import {fillExponentials, quotientOf} from './exponentials.js';
import {invertNorms} from './norms.js';
import {type Scratch, scratchFor} from './scratch.js';
import {
  BY_BIAS,
  BY_KERNEL_NORM,
  BY_SCALED_TRUE_SCORE,
  BY_TRUE_SCORE,
  classIdIn,
  FACTOR,
  kernelNormsIn,
  MAX,
  SCALED_FACTOR,
  SCALED_MAX,
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
export function computeGradients(
  arrays: LossGradientArrays,
  classes: number,
  terms: readonly KernelTerm[],
): void {
  const {upstream, state, byScores, byKernelNorms, byBias, byProducts} = arrays;
  const {hinges, softmaxes, hasPlain, hasScaled} = sortTerms(terms);
  const batch = upstream.length;
  const scratch = scratchFor(batch, classes);
  if (hasScaled) {
    invertNorms(kernelNormsIn(state, classes), scratch.inverseNorms);
    scratch.alongColumns.fill(0);
  }
  byProducts?.fill(0);
  forBlocks(batch, classes, (first, end) => {
    if (hasPlain) fillCrossEntropies(arrays, scratch, first, end);
    else byScores.fill(0, first * classes, end * classes);
    for (const term of softmaxes) subtractLabels(arrays, term, scratch, first, end);
    for (const term of hinges) addHinge(arrays, term, scratch, first, end);
    if (hasScaled) addScaledCrossEntropies(arrays, scratch, first, end);
  });
  if (byKernelNorms) sumOfClasses(arrays, BY_KERNEL_NORM, byKernelNorms);
  if (byBias) sumOfClasses(arrays, BY_BIAS, byBias);
  if (hasScaled) subtractAlongColumns(byKernelNorms!, scratch);
  markSickRows(arrays, classes, hasScaled);
}

/** The cross-entropies of the scores. */
function fillCrossEntropies(
  {scores, upstream, state, byScores}: LossGradientArrays,
  {batch, classes}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const from = i * classes;
    const y = classIdIn(state, batch, i);
    const to = from + classes;
    const at = y >= 0 ? from + y : to;
    const factor = upstream[i]! * state[FACTOR * batch + i]!;
    const max = state[MAX * batch + i]!;
    fillExponentials(scores, from, at, max, factor, byScores);
    fillExponentials(scores, at + 1, to, max, factor, byScores);
    if (y >= 0) byScores[at] = upstream[i]! * state[BY_TRUE_SCORE * batch + i]!;
  }
}

/** The part of a cross-entropy's gradient that its labels make; the true class's is in the state. */
function subtractLabels(
  {labels, upstream, state, byScores}: LossGradientArrays,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  {batch, classes}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y >= 0 && labelSmoothing === 0) continue;
    const from = i * classes;
    const everyClass = (upstream[i]! * weight * labelSmoothing) / classes;
    const ofTrueClass = y >= 0 ? byScores[from + y]! : 0;
    for (let j = from; j < from + classes; j++) byScores[j]! -= everyClass;
    if (y >= 0) {
      byScores[from + y] = ofTrueClass;
    } else {
      const share = upstream[i]! * weight * (1 - labelSmoothing);
      for (let j = from; j < from + classes; j++) byScores[j]! -= share * labels[j]!;
    }
  }
}

/** Adds as much wherever a margin is violated; without a branch, as in the loss. */
function addHinge(
  {scores, upstream, state, byScores}: LossGradientArrays,
  {weight, margin}: TermOfKind<'hinge'>,
  {batch, classes}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const from = i * classes;
    const each = upstream[i]! * weight;
    const threshold = scores[from + y]! - margin;
    const ofTrueClass = byScores[from + y]!;
    let violated = -Number(scores[from + y]! > threshold);
    for (let j = from; j < from + classes; j++) {
      const isAbove = Number(scores[j]! > threshold);
      byScores[j]! += isAbove * each;
      violated += isAbove;
    }
    byScores[from + y] = ofTrueClass - violated * each;
  }
}

/** The cross-entropies of the quotients q_j = W_j·x/‖W_j‖; the sums over the batch of gradient times quotient on the way. */
function addScaledCrossEntropies(
  {scores, products = scores, upstream, state, byScores, byProducts = byScores}: LossGradientArrays,
  scratch: Scratch,
  first: number,
  end: number,
): void {
  const {batch, classes, inverseNorms, alongColumns} = scratch;
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const from = i * classes;
    const factor = upstream[i]! * state[SCALED_FACTOR * batch + i]!;
    const max = state[SCALED_MAX * batch + i]!;
    addScaled(products, from, 0, y, max, factor, scratch, byProducts);
    addScaled(products, from, y + 1, classes, max, factor, scratch, byProducts);
    const byTrueProduct = upstream[i]! * state[BY_SCALED_TRUE_SCORE * batch + i]! * inverseNorms[y]!;
    byProducts[from + y]! += byTrueProduct;
    alongColumns[y]! += byTrueProduct * products[from + y]!;
  }
}

/** That of the classes from `first` to `end` in the row that begins at `from`. */
function addScaled(
  products: TypedArray,
  from: number,
  first: number,
  end: number,
  max: number,
  factor: number,
  {inverseNorms, alongColumns}: Scratch,
  byProducts: TypedArray,
): void {
  for (let j = first; j < end; j++) {
    const quotient = quotientOf(products[from + j]!, inverseNorms[j]!);
    const byQuotient = factor * expOfNegative(quotient - max);
    byProducts[from + j]! += byQuotient * inverseNorms[j]!;
    alongColumns[j]! += byQuotient * quotient;
  }
}

/** ∂q_j/∂‖W_j‖ = −q_j/‖W_j‖ */
function subtractAlongColumns(
  byKernelNorms: TypedArray,
  {classes, alongColumns, inverseNorms}: Scratch,
): void {
  for (let j = 0; j < classes; j++) byKernelNorms[j]! -= alongColumns[j]! * inverseNorms[j]!;
}

/** Of a column of the state times what arrives, the sum over the examples of each class. */
function sumOfClasses({upstream, state}: LossGradientArrays, column: number, sums: TypedArray): void {
  const batch = upstream.length;
  sums.fill(0);
  for (let i = 0; i < batch; i++) {
    const y = classIdIn(state, batch, i);
    if (y >= 0) sums[y]! += upstream[i]! * state[column * batch + i]!;
  }
}

/** Makes NaN of all that a row without a loss takes part in. */
function markSickRows(
  {upstream, state, byScores, byProducts, byKernelNorms, byBias}: LossGradientArrays,
  classes: number,
  hasScaled: boolean,
): void {
  const batch = upstream.length;
  for (let i = 0; i < batch; i++) {
    if (!Number.isNaN(state[FACTOR * batch + i])) continue;
    const y = classIdIn(state, batch, i);
    byScores.fill(Number.NaN, i * classes, (i + 1) * classes);
    byProducts?.fill(Number.NaN, i * classes, (i + 1) * classes);
    if (hasScaled) byKernelNorms!.fill(Number.NaN);
    if (y >= 0 && byKernelNorms) byKernelNorms[y] = Number.NaN;
    if (y >= 0 && byBias) byBias[y] = Number.NaN;
  }
}
