import type {TypedArray} from '@tensorflow/tfjs-core';
import {numbers} from '../../arithmetic.js';
import {marginEffect} from '../../margin.js';
import type {KernelTerm} from '../contract.js';
import {LOWEST} from '../limits.js';
import {sortTerms, type TermOfKind} from '../sortTerms.js';
import {classIdOf} from './classIds.js';
import {expOfNegative} from './exponential.js';
import {columnNorms, inverse, inversesOf, rowNorm} from './norms.js';
import {
  BY_BIAS,
  BY_FEATURE_NORM,
  BY_KERNEL_NORM,
  BY_SCALED_TRUE_SCORE,
  BY_TRUE_SCORE,
  CLASS_ID,
  FACTOR,
  FEATURE_NORM,
  kernelNormsIn,
  MAX,
  PRODUCT,
  SCALED_FACTOR,
  SCALED_MAX,
  SCALED_SUM,
  STATE_SIZE,
  SUM,
} from './state.js';

/** The inputs of the kernel `loss`, and where its outputs go. */
export interface LossArrays {
  readonly scores: TypedArray;
  readonly labels: TypedArray;
  readonly features?: TypedArray | undefined;
  readonly kernel?: TypedArray | undefined;
  readonly bias?: TypedArray | undefined;
  readonly products?: TypedArray | undefined;
  readonly losses: TypedArray;
  readonly state: TypedArray;
}

/**
 * The weighted losses of every example, each row of scores being read while it is in the cache, and the state for the
 * gradient.
 *
 * The cross-entropies of a row differ in the true class's logit f_y and share everything else. With M the largest score and
 * S = Σ e^{s_j − M} over the *other* classes,
 *
 * L = log(1 + S·e^{M − f_y}), ∂L/∂s_j = e^{s_j − M}·e^{M − f_y} / (1 + S·e^{M − f_y}), ∂L/∂f_y = −Σ_{j≠y} of those
 *
 * So one factor a row times the exponentials is the gradient of all of them, however many they are.
 */
export function computeLosses(arrays: LossArrays, hasRows: boolean, terms: readonly KernelTerm[]): void {
  const {scores, labels, features, kernel, losses, state} = arrays;
  const {hinges, softmaxes, margins, hasPlain, hasScaled, takeSoftLabels} = sortTerms(terms);
  const classes = scores.length / losses.length;
  const kernelNorms = kernelNormsIn(state, classes);
  if (kernel) columnNorms(kernel, kernelNorms);
  const inverseNorms = hasScaled ? inversesOf(kernelNorms) : null;
  const products = arrays.products ?? scores;
  state.fill(0, 0, losses.length * STATE_SIZE);
  for (let i = 0; i < losses.length; i++) {
    const from = i * classes;
    const to = from + classes;
    const y = hasRows ? classIdOf(labels, from, classes) : labels[i]!;
    const hasTrueClass = y >= 0 && y < classes;
    const ofRow = i * STATE_SIZE;
    state[ofRow + CLASS_ID] = hasTrueClass ? y : -1;
    if (!hasTrueClass && !(hasRows && takeSoftLabels)) {
      losses[i] = Number.NaN;
      continue;
    }
    const at = hasTrueClass ? from + y : to;
    let loss = 0;
    for (const {weight, margin} of hinges) loss += weight * hingeOf(scores, from, at, to, margin);
    if (hasPlain) {
      const max = maxOf(scores, at + 1, to, maxOf(scores, from, at, LOWEST));
      state[ofRow + MAX] = max;
      state[ofRow + SUM] =
        sumOfExponentials(scores, from, at, max) + sumOfExponentials(scores, at + 1, to, max);
    }
    if (inverseNorms) {
      const before = scaledMaxOf(products, from, from, at, inverseNorms, LOWEST);
      const max = scaledMaxOf(products, from, at + 1, to, inverseNorms, before);
      state[ofRow + SCALED_MAX] = max;
      state[ofRow + SCALED_SUM] =
        sumOfScaledExponentials(products, from, from, at, inverseNorms, max) +
        sumOfScaledExponentials(products, from, at + 1, to, inverseNorms, max);
    }
    if (!hasTrueClass) {
      for (const term of softmaxes) loss += addSoftLabels(scores, labels, from, to, term, state, ofRow);
    }
    losses[i] = loss;
  }
  for (const term of softmaxes) addSoftmax(arrays, term);
  if (features) measureFeatures(arrays, features);
  for (const term of margins) addMargin(arrays, kernelNorms, term);
  for (let i = 0; i < losses.length; i++) {
    if (Number.isNaN(losses[i])) state[i * STATE_SIZE + FACTOR] = Number.NaN;
  }
}

function maxOf(scores: TypedArray, from: number, to: number, atLeast: number): number {
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

/** Of the scores over ‖W_j‖, in float32 like the state, so that none exceeds M there by what rounding adds. */
function scaledMaxOf(
  scores: TypedArray,
  base: number,
  from: number,
  to: number,
  inverseNorms: Float64Array,
  atLeast: number,
): number {
  let max = atLeast;
  for (let j = from; j < to; j++) {
    const quotient = Math.fround(scores[j]! * inverseNorms[j - base]!);
    if (quotient > max) max = quotient;
  }
  return max;
}

function sumOfScaledExponentials(
  scores: TypedArray,
  base: number,
  from: number,
  to: number,
  inverseNorms: Float64Array,
  max: number,
): number {
  let sum = 0;
  for (let j = from; j < to; j++) {
    sum += expOfNegative(Math.fround(scores[j]! * inverseNorms[j - base]!) - max);
  }
  return sum;
}

/**
 * Σ_{j≠y} max(0, s_j − s_y + Δ), with max(0, v) = (v + |v|)/2: whichever is larger is anybody's guess, and a branch that the
 * processor guesses wrong costs more than all the rest. For the same reason it is the sum over all less what y adds, which
 * leaves exactly 0 where every margin holds.
 */
function hingeOf(scores: TypedArray, from: number, at: number, to: number, margin: number): number {
  const threshold = scores[at]! - margin;
  if (Number.isNaN(threshold)) return Number.NaN;
  let sum = 0;
  for (let j = from; j < to; j++) {
    const excess = scores[j]! - threshold;
    sum += excess + Math.abs(excess);
  }
  const ofTrueClass = scores[at]! - threshold;
  sum -= ofTrueClass + Math.abs(ofTrueClass);
  if (Number.isFinite(sum)) return sum / 2;
  return excessOfAnyNumbers(scores, from, at, threshold) + excessOfAnyNumbers(scores, at + 1, to, threshold);
}

/** The same where a score may be −∞, of which the formula above makes NaN; a score that is NaN makes the sum so. */
function excessOfAnyNumbers(scores: TypedArray, from: number, to: number, threshold: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += Math.max(0, scores[j]! - threshold);
  return sum;
}

/** ‖x‖ and W_y·x, into the state. */
function measureFeatures(
  {scores, kernel, bias, products, losses, state}: LossArrays,
  features: TypedArray,
): void {
  const [classes, depth] = [scores.length / losses.length, features.length / losses.length];
  for (let i = 0; i < losses.length; i++) {
    const ofRow = i * STATE_SIZE;
    const y = state[ofRow + CLASS_ID]!;
    state[ofRow + FEATURE_NORM] = rowNorm(features, i * depth, depth);
    if (y < 0) continue;
    if (products) state[ofRow + PRODUCT] = products[i * classes + y]!;
    else if (!bias) state[ofRow + PRODUCT] = scores[i * classes + y]!;
    // Taken out of the score, it would lose its digits to a large bias.
    else state[ofRow + PRODUCT] = productOf(features, i * depth, kernel!, y, classes, depth);
  }
}

/** W_y·x. */
function productOf(
  features: TypedArray,
  from: number,
  kernel: TypedArray,
  y: number,
  classes: number,
  depth: number,
): number {
  let product = 0;
  for (let d = 0; d < depth; d++) product += features[from + d]! * kernel[d * classes + y]!;
  return product;
}

/** Cross-entropy with the logit f_y of a margin. What it adds to the gradients goes into the state. */
function addMargin(
  {scores, losses, state}: LossArrays,
  kernelNorms: TypedArray,
  {weight, m, share, scaled, withKernelNorm}: TermOfKind<'margin'>,
): void {
  const effectOf = marginEffect(numbers, m);
  const classes = scores.length / losses.length;
  const maxName = scaled ? SCALED_MAX : MAX;
  const sumName = scaled ? SCALED_SUM : SUM;
  const factorName = scaled ? SCALED_FACTOR : FACTOR;
  const byTrueScoreName = scaled ? BY_SCALED_TRUE_SCORE : BY_TRUE_SCORE;
  for (let i = 0; i < losses.length; i++) {
    const ofRow = i * STATE_SIZE;
    const y = state[ofRow + CLASS_ID]!;
    if (y < 0) continue;
    const featureNorm = state[ofRow + FEATURE_NORM]!;
    const kernelNorm = kernelNorms[y]!;
    const product = state[ofRow + PRODUCT]!;
    const lengths = featureNorm * kernelNorm;
    // Without an angle, where x or W_y is 0, its cosine counts as 0.
    const cosine = lengths === 0 ? 0 : Math.min(1, Math.max(-1, product / lengths));
    const {gain, byProduct, byLength} = effectOf(cosine, share);
    const logit = scaled ? Math.fround(product * inverse(kernelNorm)) : scores[i * classes + y]!;
    const target = logit + (withKernelNorm ? lengths : featureNorm) * gain;

    const sum = state[ofRow + sumName]!;
    const gap = target - state[ofRow + maxName]!;
    const odds = expOfNegative(-Math.abs(gap));
    const factor = weight * factorOf(gap, odds, sum);
    const byTarget = -factor * sum;
    losses[i]! += weight * crossEntropyOf(gap, odds, sum);
    state[ofRow + factorName]! += factor;
    state[ofRow + byTrueScoreName]! += byTarget * byProduct;
    if (withKernelNorm) {
      state[ofRow + BY_FEATURE_NORM]! += byTarget * byLength * kernelNorm;
      state[ofRow + BY_KERNEL_NORM]! += byTarget * byLength * featureNorm;
      // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
      state[ofRow + BY_BIAS]! += byTarget * (1 - byProduct);
    } else {
      state[ofRow + BY_FEATURE_NORM]! += byTarget * byLength;
    }
  }
}

/** L = log(1 + S·e^−g) with g = f_y − M, of e^−|g|, which cannot overflow. A small loss keeps its digits. */
function crossEntropyOf(gap: number, odds: number, sum: number): number {
  return gap >= 0 ? Math.log1p(sum * odds) : Math.log(sum + odds) - gap;
}

/** e^−g / (1 + S·e^−g), which times e^{s_j − M} is the probability of class j. */
function factorOf(gap: number, odds: number, sum: number): number {
  return gap >= 0 ? odds / (1 + sum * odds) : 1 / (sum + odds);
}

/**
 * Cross-entropy against the label q = (1 − ε)·onehot(y) + ε/C, which is L + (ε/C)·Σ_j (s_y − s_j) with L as above and
 * f_y = s_y, and so its gradient by s_j that of L and −ε/C.
 */
function addSoftmax(
  {scores, losses, state}: LossArrays,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
): void {
  const classes = scores.length / losses.length;
  const everyClass = labelSmoothing / classes;
  for (let i = 0; i < losses.length; i++) {
    const ofRow = i * STATE_SIZE;
    const y = state[ofRow + CLASS_ID]!;
    if (y < 0) continue;
    const trueScore = scores[i * classes + y]!;
    const sum = state[ofRow + SUM]!;
    const gap = trueScore - state[ofRow + MAX]!;
    const odds = expOfNegative(-Math.abs(gap));
    const factor = weight * factorOf(gap, odds, sum);
    losses[i]! += weight * crossEntropyOf(gap, odds, sum);
    if (labelSmoothing > 0)
      losses[i]! += weight * everyClass * shortfallOf(scores, i * classes, classes, trueScore);
    state[ofRow + FACTOR]! += factor;
    state[ofRow + BY_TRUE_SCORE]! += weight * (labelSmoothing - everyClass) - factor * sum;
  }
}

/** Σ_j (s_y − s_j). */
function shortfallOf(scores: TypedArray, from: number, classes: number, trueScore: number): number {
  let shortfall = 0;
  for (let j = from; j < from + classes; j++) shortfall += trueScore - scores[j]!;
  return shortfall;
}

/**
 * Cross-entropy against any label, q = (1 − ε)·label + ε/C: L = Σ_j q_j·(log Σ_k e^{s_k} − s_j). Its gradient by s_j is
 * p_j Σ_k q_k − q_j, of which the state gets the first part.
 */
function addSoftLabels(
  scores: TypedArray,
  labels: TypedArray,
  from: number,
  to: number,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  state: TypedArray,
  ofRow: number,
): number {
  const max = state[ofRow + MAX]!;
  const sum = state[ofRow + SUM]!;
  const everyClass = labelSmoothing / (to - from);
  let [mass, shortfall] = [0, 0];
  for (let j = from; j < to; j++) {
    const q = (1 - labelSmoothing) * labels[j]! + everyClass;
    // A class without mass adds nothing, be its score −∞.
    if (q === 0) continue;
    mass += q;
    shortfall += q * (max - scores[j]!);
  }
  state[ofRow + FACTOR]! += (weight * mass) / sum;
  return weight * (mass * Math.log(sum) + shortfall);
}
