import {
  div,
  equal,
  exp,
  log,
  max,
  mul,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import type {LossAndGradient} from './analytic.js';

/**
 * Cross-entropy of softmax(scores) against rows of class probabilities: the one primitive under softmax, L-Softmax and
 * A-Softmax.
 *
 * L = −Σ_j q_j log p_j, ∂L/∂s_j = p_j Σ_i q_i − q_j
 *
 * The largest score of each row is subtracted first: no exponential overflows, and the loss of a row with scores of
 * ±1e4 keeps its digits. A class of probability q_j = 0 adds nothing, be its log p_j −∞. Nothing is clipped, so a confidently wrong example keeps its gradient.
 */
export function crossEntropy(scores: Tensor2D, rows: Tensor2D): LossAndGradient {
  const shifted = sub<Tensor2D>(scores, max(scores, 1, true));
  const exponentials = exp(shifted);
  const total = sum<Tensor2D>(exponentials, 1, true);
  const surprise = sub(log(total), shifted);
  return {
    loss: sum<Tensor1D>(where(equal(rows, 0), 0, mul(rows, surprise)), 1),
    gradient: sub(mul(div(exponentials, total), sum(rows, 1, true)), rows),
  };
}
