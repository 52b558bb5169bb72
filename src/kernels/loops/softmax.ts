import type {TermOfKind} from '../sortTerms.js';
import {addCrossEntropy} from './crossEntropy.js';
import type {LossArrays} from './loss.js';
import type {Scratch} from './scratch.js';
import {BY_TRUE_SCORE, classIdIn, FACTOR, MAX} from './state.js';

/**
 * Cross-entropy against the label q = (1 − ε)·onehot(y) + ε/C, which is L + (ε/C)·Σ_j (s_y − s_j), L being the plain one with
 * f_y = s_y, and so its gradient by s_j that of L and −ε/C.
 */
export function addSoftmax(
  arrays: LossArrays,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  scratch: Scratch,
): void {
  const {scores, state} = arrays;
  const {batch, classes, gaps, byTarget, sums} = scratch;
  for (let i = 0; i < batch; i++) {
    const y = classIdIn(state, batch, i);
    if (y >= 0) gaps[i] = scores[i * classes + y]! - state[MAX * batch + i]!;
  }
  addCrossEntropy(arrays, weight, scratch, sums, FACTOR);
  const ofSmoothing = weight * labelSmoothing * (1 - 1 / classes);
  for (let i = 0; i < batch; i++) {
    if (classIdIn(state, batch, i) >= 0) state[BY_TRUE_SCORE * batch + i]! += byTarget[i]! + ofSmoothing;
  }
}

/** The (ε/C)·Σ_j (s_y − s_j) of that, for each row of a block. */
export function addSmoothing(
  {scores, losses, state}: LossArrays,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  {batch, classes}: Scratch,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const from = i * classes;
    const trueScore = scores[from + y]!;
    let shortfall = 0;
    for (let j = from; j < from + classes; j++) shortfall += trueScore - scores[j]!;
    losses[i]! += weight * (labelSmoothing / classes) * shortfall;
  }
}

/**
 * Cross-entropy against a label that is not one-hot, q = (1 − ε)·label + ε/C: L = Σ_j q_j·(log Σ_k e^{s_k} − s_j). Its
 * gradient by s_j is p_j Σ_k q_k − q_j, of which the state gets the first part.
 */
export function addSoftLabels(
  {scores, labels, losses, state}: LossArrays,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
  {batch, classes, sums}: Scratch,
  first: number,
  end: number,
): void {
  const everyClass = labelSmoothing / classes;
  for (let i = first; i < end; i++) {
    if (classIdIn(state, batch, i) >= 0) continue;
    const [max, sum] = [state[MAX * batch + i]!, sums[i]!];
    let [mass, shortfall] = [0, 0];
    for (let j = i * classes; j < (i + 1) * classes; j++) {
      const q = (1 - labelSmoothing) * labels[j]! + everyClass;
      // A class without mass adds nothing, be its score −∞.
      if (q === 0) continue;
      mass += q;
      shortfall += q * (max - scores[j]!);
    }
    losses[i]! += weight * (mass * Math.log(sum) + shortfall);
    state[FACTOR * batch + i]! += (weight * mass) / sum;
  }
}
