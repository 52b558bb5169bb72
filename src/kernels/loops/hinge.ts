import type {TypedArray} from '@tensorflow/tfjs-core';
import type {TermOfKind} from '../sortTerms.js';
import type {LossArrays} from './loss.js';
import type {Scratch} from './scratch.js';
import {classIdIn} from './state.js';

/** The hinge of each row of a block. */
export function addHinge(
  {scores, losses, state}: LossArrays,
  {weight, margin}: TermOfKind<'hinge'>,
  {batch, classes}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y >= 0) losses[i]! += weight * hingeOf(scores, i * classes, classes, y, margin);
  }
}

/**
 * Σ_{j≠y} max(0, s_j − s_y + Δ), with max(0, v) = (v + |v|)/2: whichever is larger is anybody's guess, and a branch that the
 * processor guesses wrong costs more than all the rest. For the same reason it is the sum over all less what y adds, which
 * leaves exactly 0 where every margin holds.
 */
function hingeOf(scores: TypedArray, from: number, classes: number, y: number, margin: number): number {
  const threshold = scores[from + y]! - margin;
  if (Number.isNaN(threshold)) return Number.NaN;
  let sum = 0;
  for (let j = from; j < from + classes; j++) {
    const excess = scores[j]! - threshold;
    sum += excess + Math.abs(excess);
  }
  const ofTrueClass = scores[from + y]! - threshold;
  sum -= ofTrueClass + Math.abs(ofTrueClass);
  if (Number.isFinite(sum)) return sum / 2;
  return (
    excessOfAnyNumbers(scores, from, from + y, threshold) +
    excessOfAnyNumbers(scores, from + y + 1, from + classes, threshold)
  );
}

/** The same where a score may be −∞, of which the formula above makes NaN; a score that is NaN makes the sum so. */
function excessOfAnyNumbers(scores: TypedArray, from: number, to: number, threshold: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += Math.max(0, scores[j]! - threshold);
  return sum;
}
