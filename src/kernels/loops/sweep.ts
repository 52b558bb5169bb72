import type {TypedArray} from '@tensorflow/tfjs-core';
import type {SweepTerm} from '../contract.js';
import {type SortedTerms, sortTerms, type TermOfKind} from '../sortTerms.js';
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
  const scaling = sorted.hasScaled ? scalingBy(arrays.kernelNorms!) : null;
  for (let i = 0; i < losses.length; i++) {
    const row = rowOf(arrays.classIds, i, classes);
    const ofRow = state.subarray(i * STATE_SIZE, (i + 1) * STATE_SIZE).fill(0);
    const isLabelled = row.at < row.to || arrays.rows !== null;
    losses[i] = isLabelled ? lossOf(row, arrays, scaling, sorted, ofRow) : Number.NaN;
    if (Number.isNaN(losses[i])) ofRow.fill(Number.NaN);
  }
}

function lossOf(
  row: Row,
  arrays: SweepArrays,
  scaling: Scaling | null,
  {hinges, softmaxes, targets, hasPlain}: SortedTerms,
  state: TypedArray,
): number {
  const {scores} = arrays;
  let loss = 0;
  for (const {weight, margin} of hinges) loss += weight * hingeOf(scores, row, margin);

  const plain = hasPlain ? othersOf(scores, row) : NONE;
  const scaled = scaling ? othersOf(...scaledRow(scores, row, scaling)) : NONE;
  state[MAX] = plain.max;
  state[SCALED_MAX] = scaled.max;
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

/** Σ_{j≠y} max(0, s_j − s_y + Δ), in which Math.max lets a NaN through. */
function hingeOf(scores: TypedArray, {from, to, at}: Row, margin: number): number {
  const threshold = scores[at]! - margin;
  let sum = 0;
  for (let j = from; j < at; j++) sum += Math.max(0, scores[j]! - threshold);
  for (let j = at + 1; j < to; j++) sum += Math.max(0, scores[j]! - threshold);
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
  if (others.sum > 0) state[scaled ? SCALED_FACTOR : FACTOR]! -= byTarget / others.sum;
  state[scaled ? BY_SCALED_TRUE_SCORE : BY_TRUE_SCORE]! += byProduct;
  if (withKernelNorm) {
    state[BY_FEATURE_NORM]! += byLength * kernelNorms![row.at - row.from]!;
    state[BY_KERNEL_NORM]! += byLength * featureNorms![row.index]!;
    // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
    state[BY_BIAS]! += byTarget - byProduct;
  } else {
    state[BY_FEATURE_NORM]! += byLength;
  }
  return Math.max(logOdds, 0) + Math.log1p(Math.exp(-Math.abs(logOdds)));
}

/**
 * Cross-entropy against the labels, q = (1 − ε)·label + ε/C: L = Σ_j q_j·(log Σ_k e^{s_k} − s_j). Its gradient by s_j is
 * p_j Σ_k q_k − q_j, of which the state gets the first part, and both for the true class.
 */
function addSoftmax(
  {scores, rows}: SweepArrays,
  {from, to, at}: Row,
  others: Others,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  state: TypedArray,
): number {
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

  state[FACTOR]! += (weight * allMass * ofOthers) / sum;
  state[BY_TRUE_SCORE]! += weight * ((allMass * ofTrueClass) / sum - share - everyClass);
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
