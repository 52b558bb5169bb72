import {expOfNegative} from './exponential.js';
import type {LossArrays} from './loss.js';
import type {Scratch} from './scratch.js';
import {classIdIn} from './state.js';

/**
 * Adds a cross-entropy to the losses of the rows that have a true class, and to a column of the state the factor that makes its
 * gradient by the other scores of their exponentials. Its gradient by the target logit f_y goes into `scratch.byTarget`.
 *
 * The cross-entropies of a row differ in f_y and share everything else. With M the largest score and S = Σ e^{s_j − M} over
 * the *other* classes,
 *
 * L = log(1 + S·e^{M − f_y}), ∂L/∂s_j = e^{s_j − M}·e^{M − f_y} / (1 + S·e^{M − f_y}), ∂L/∂f_y = −Σ_{j≠y} of those
 *
 * So one factor a row times the exponentials is the gradient of all of them, however many they are. Here g is f_y − M, given in
 * `scratch.gaps`: all is computed of e^−|g|, which cannot overflow, and a small loss keeps its digits.
 */
export function addCrossEntropy(
  {losses, state}: LossArrays,
  weight: number,
  {batch, gaps, byTarget}: Scratch,
  sums: Float64Array,
  factorColumn: number,
): void {
  for (let i = 0; i < batch; i++) {
    if (classIdIn(state, batch, i) < 0) continue;
    const [gap, sum] = [gaps[i]!, sums[i]!];
    const odds = expOfNegative(-Math.abs(gap));
    const loss = gap >= 0 ? Math.log1p(sum * odds) : Math.log(sum + odds) - gap;
    const factor = weight * (gap >= 0 ? odds / (1 + sum * odds) : 1 / (sum + odds));
    losses[i]! += weight * loss;
    state[factorColumn * batch + i]! += factor;
    byTarget[i] = -factor * sum;
  }
}
