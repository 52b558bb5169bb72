import type {TypedArray} from '@tensorflow/tfjs-core';
import type {SweepTerm} from '../contract.js';
import {type SortedTerms, sortTerms, type TermOfKind} from '../sortTerms.js';
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
  STATE_SIZE,
  type SweptArrays,
} from './row.js';
import {TARGET_SIZE} from './targets.js';

/** What the sweep reads; null as in the contract. */
export interface SweepArrays extends SweptArrays {
  readonly targets: TypedArray | null;
  readonly featureNorms: TypedArray | null;
}

/**
 * The weighted losses of every example, each row of scores being read while it is in the cache, and the state for the
 * gradient.
 *
 * The cross-entropies of a row differ in the true class's logit f_y and share everything else. With M and S = Σ e^{s_j − M}
 * over the *other* classes, d = M + log S − f_y is the logarithm of the odds against the true class, σ(d) the
 * probability of the others together, and
 *
 * L = log(1 + e^d), ∂L/∂f_y = −σ(d), ∂L/∂s_j = σ(d)/S · e^{s_j − M}
 *
 * So one factor a row times the exponentials is the gradient of all of them, however many they are.
 */
export function sweep(
  arrays: SweepArrays,
  terms: readonly SweepTerm[],
  losses: TypedArray,
  state: TypedArray,
): void {
  const sorted = sortTerms(terms);
  const classes = arrays.scores.length / losses.length;
  const inverseNorms = sorted.hasScaled ? inversesOf(arrays.kernelNorms!) : null;
  state.fill(0);
  for (let i = 0; i < losses.length; i++) {
    const row = rowOf(arrays.classIds, i, classes);
    const isLabelled = row.at < row.to || arrays.rows !== null;
    losses[i] = isLabelled ? lossOf(row, arrays, inverseNorms, sorted, state) : Number.NaN;
    if (Number.isNaN(losses[i])) state.fill(Number.NaN, row.state, row.state + STATE_SIZE);
  }
}

function lossOf(
  row: Row,
  arrays: SweepArrays,
  inverseNorms: Float64Array | null,
  {hinges, softmaxes, targets, hasPlain}: SortedTerms,
  state: TypedArray,
): number {
  const {scores} = arrays;
  let loss = 0;
  for (const {weight, margin} of hinges) loss += weight * hingeOf(scores, row, margin);

  const plain = hasPlain ? othersOf(scores, row) : NONE;
  const scaled = inverseNorms ? scaledOthersOf(scores, row, inverseNorms) : NONE;
  state[row.state + MAX] = plain.max;
  state[row.state + SCALED_MAX] = scaled.max;
  for (const term of softmaxes) loss += term.weight * addSoftmax(arrays, row, plain, term, state);
  for (let t = 0; t < targets.length; t++) {
    const at = (row.index * targets.length + t) * TARGET_SIZE;
    const others = targets[t]!.scaled ? scaled : plain;
    loss += targets[t]!.weight * addTarget(arrays, row, others, targets[t]!, at, state);
  }
  return loss;
}

/** Of the classes but the true one: M, the largest score, and S = Σ e^{score − M}. */
interface Others {
  readonly max: number;
  readonly sum: number;
}

/** Of no classes. The lowest float32 in place of −∞ keeps differences finite. */
const NONE: Others = {max: -3.4028234663852886e38, sum: 0};

function othersOf(scores: TypedArray, {from, to, at}: Row): Others {
  const max = maxOf(scores, at + 1, to, maxOf(scores, from, at, NONE.max));
  return {max, sum: sumOfExponentials(scores, from, at, max) + sumOfExponentials(scores, at + 1, to, max)};
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

/** The same of the scores over ‖W_j‖, in float32 like the state, so that none exceeds M there by what rounding adds. */
function scaledOthersOf(scores: TypedArray, {from, to, at}: Row, inverseNorms: Float64Array): Others {
  const before = scaledMaxOf(scores, from, from, at, inverseNorms, NONE.max);
  const max = scaledMaxOf(scores, from, at + 1, to, inverseNorms, before);
  const sum =
    sumOfScaledExponentials(scores, from, from, at, inverseNorms, max) +
    sumOfScaledExponentials(scores, from, at + 1, to, inverseNorms, max);
  return {max, sum};
}

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

/** Σ_{j≠y} max(0, s_j − s_y + Δ). */
function hingeOf(scores: TypedArray, {from, to, at}: Row, margin: number): number {
  const threshold = scores[at]! - margin;
  return excessOf(scores, from, at, threshold) + excessOf(scores, at + 1, to, threshold);
}

/**
 * Σ max(0, s_j − threshold), with max(0, v) = (v + |v|)/2: whichever is larger is anybody's guess, and a branch that the
 * processor guesses wrong costs more than all the rest.
 */
function excessOf(scores: TypedArray, from: number, to: number, threshold: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) {
    const excess = scores[j]! - threshold;
    sum += excess + Math.abs(excess);
  }
  if (Number.isNaN(sum)) return excessOfAnyNumbers(scores, from, to, threshold);
  return sum / 2;
}

/** The same where a score may be −∞, of which the formula above makes NaN; a score that is NaN makes the sum so. */
function excessOfAnyNumbers(scores: TypedArray, from: number, to: number, threshold: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += Math.max(0, scores[j]! - threshold);
  return sum;
}

/** Cross-entropy with the logit f_y at `targets[at]`. What it adds to the gradients goes into the state. */
function addTarget(
  {targets, featureNorms, kernelNorms}: SweepArrays,
  row: Row,
  others: Others,
  {weight, scaled, withKernelNorm}: TermOfKind<'target'>,
  at: number,
  state: TypedArray,
): number {
  const logOdds = others.max - targets![at]! + Math.log(others.sum);
  const byTarget = -weight / (1 + Math.exp(-logOdds));
  const byProduct = byTarget * targets![at + 1]!;
  const byLength = byTarget * targets![at + 2]!;
  if (others.sum > 0) state[row.state + (scaled ? SCALED_FACTOR : FACTOR)]! -= byTarget / others.sum;
  state[row.state + (scaled ? BY_SCALED_TRUE_SCORE : BY_TRUE_SCORE)]! += byProduct;
  if (withKernelNorm) {
    state[row.state + BY_FEATURE_NORM]! += byLength * kernelNorms![row.at - row.from]!;
    state[row.state + BY_KERNEL_NORM]! += byLength * featureNorms![row.index]!;
    // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
    state[row.state + BY_BIAS]! += byTarget - byProduct;
  } else {
    state[row.state + BY_FEATURE_NORM]! += byLength;
  }
  return Math.max(logOdds, 0) + Math.log1p(Math.exp(-Math.abs(logOdds)));
}

/**
 * Cross-entropy against the labels, q = (1 − ε)·label + ε/C: L = Σ_j q_j·(log Σ_k e^{s_k} − s_j). Its gradient by s_j is
 * p_j Σ_k q_k − q_j, of which the state gets the first part, and both for the true class.
 */
function addSoftmax(
  {scores, rows}: SweepArrays,
  row: Row,
  others: Others,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  state: TypedArray,
): number {
  const {from, to, at} = row;
  const hasTrueClass = at < to;
  const max = hasTrueClass ? Math.max(others.max, scores[at]!) : others.max;
  const ofOthers = Math.exp(others.max - max);
  const ofTrueClass = hasTrueClass ? Math.exp(scores[at]! - max) : 0;
  const sum = others.sum * ofOthers + ofTrueClass;

  const [mass, shortfall] = hasTrueClass ? [1, max - scores[at]!] : labelSums(scores, rows!, from, to, max);
  let total = 0;
  if (labelSmoothing > 0) for (let j = from; j < to; j++) total += max - scores[j]!;
  const share = 1 - labelSmoothing;
  const everyClass = labelSmoothing / (to - from);
  const allMass = share * mass + labelSmoothing;

  state[row.state + FACTOR]! += (weight * allMass * ofOthers) / sum;
  state[row.state + BY_TRUE_SCORE]! += weight * ((allMass * ofTrueClass) / sum - share - everyClass);
  return allMass * Math.log(sum) + share * shortfall + everyClass * total;
}

/** Σ_j label_j and Σ_j label_j·(max − s_j), to which a class without mass adds nothing, be its score −∞. */
function labelSums(
  scores: TypedArray,
  rows: TypedArray,
  from: number,
  to: number,
  max: number,
): [number, number] {
  let [mass, shortfall] = [0, 0];
  for (let j = from; j < to; j++) {
    const label = rows[j]!;
    if (label === 0) continue;
    mass += label;
    shortfall += label * (max - scores[j]!);
  }
  return [mass, shortfall];
}
