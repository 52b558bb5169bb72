import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Plan} from '../../../formula/plan.js';
import {INVALID, SOFT} from '../../../tensors/labels.js';
import {LOWEST} from '../../limits.js';
import type {Block} from './blocks.js';
import {exponentialsOf, largestOf} from './plain.js';
import type {GradientRows} from './rows.js';
import type {State} from './state.js';

/** Rows of labels that may be distributions: q = share·label + evenly/C, which need not sum to 1. */
export interface SoftLabels {
  readonly rows: TypedArray;
  readonly share: number;
  readonly evenly: number;
}

/** What makes distributions of rows, if the plan takes any. */
export function softLabelsOf(
  plan: Plan,
  rows: TypedArray,
  hasRows: boolean,
  numbers: readonly number[],
): SoftLabels | null {
  if (!plan.softLabels || !hasRows) return null;
  return {rows, share: numbers[plan.softLabels.labels]!, evenly: numbers[plan.softLabels.evenly]!};
}

/**
 * The cross-entropy Σ_j q_j·(max + log sum − f_j) of the rows whose labels are not one-hot. Its gradient is
 * mass·e^{f_j − max}/sum − q_j, with Σ_j q_j as the mass.
 */
export function computeSoftRows(
  {rows, share, evenly}: SoftLabels,
  logits: TypedArray,
  classes: number,
  state: State,
  losses: TypedArray,
): void {
  const {classIds} = state;
  const [maxima, factors] = [state.column('max0')!, state.column('factor0')!];
  for (let i = 0; i < losses.length; i++) {
    if (classIds[i] !== INVALID) continue;
    const from = i * classes;
    const max = largestOf(logits, from, from + classes, LOWEST);
    const sum = exponentialsOf(logits, from, from + classes, max);
    let [mass, shortfall] = [0, 0];
    for (let j = from; j < from + classes; j++) {
      const q = share * rows[j]! + evenly / classes;
      // A class without mass adds nothing, even if its logit is −∞.
      if (q === 0) continue;
      mass += q;
      shortfall += q * (max - logits[j]!);
    }
    if (!Number.isFinite(mass)) continue;
    classIds[i] = SOFT;
    losses[i] = mass * Math.log(sum) + shortfall;
    maxima[i] = max;
    factors[i] = Number.isNaN(losses[i]) ? Number.NaN : mass / sum;
  }
}

/** The part of that gradient that the labels make. */
export function subtractSoftLabels(
  {rows, share, evenly}: SoftLabels,
  {classes, classIds, upstream, result}: GradientRows,
  {first, end}: Block,
): void {
  for (let i = first; i < end; i++) {
    if (classIds[i] !== SOFT || upstream[i] === 0) continue;
    for (let j = i * classes; j < (i + 1) * classes; j++) {
      result[j]! -= upstream[i]! * (share * rows[j]! + evenly / classes);
    }
  }
}
