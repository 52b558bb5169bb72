import {direction, type Term} from './formula/term.js';
import {
  type BlendedMargin,
  blendedMargin,
  blendedMarginOptions,
  type MarginLossOptions,
} from './loss/blendedMargin.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import type {LambdaSchedule} from './loss/lambda.js';

/**
 * Angular softmax (A-Softmax), the loss of SphereFace: L-Softmax with every W_j scaled to norm 1 and no bias, so that
 * classes are told apart by angle alone.
 *
 * L = −log(e^{f_y} / Σ_j e^{f_j}), with f_j = ‖x‖ cos θ_j for j ≠ y and
 *
 * f_y = ‖x‖·(λ cos θ_y + ψ(θ_y)) / (1 + λ),
 *
 * ψ(θ) = (−1)^k cos(mθ) − 2k for θ ∈ [kπ/m, (k+1)π/m]
 *
 * Gradient: as for L-Softmax with n = ‖x‖, and through the normalisation of W, so it is orthogonal to every W_j: it
 * trains the direction of W_j and not its length. A column W_j = 0 has the logit 0 and gets no gradient;
 * where the true class's is 0, cos θ_y counts as 0.
 *
 * Nothing trains the lengths of W_j if no other term does, and logits depend on them, so where A-Softmax stands alone the model should
 * rank classes by angle too: give it `marginDense({units, normalizeKernel: true})`. A bias is ignored.
 *
 * Labels: one-hot [batch, classes] or int32 class ids [batch] or [batch, 1]. Output: the logits of `marginDense` or
 * `marginLogits`, [batch, classes]. Result: [batch], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {asoftmax, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, normalizeKernel: true, inputShape: [8]})]});
 * model.compile({optimizer: 'sgd', loss: asoftmax({m: 4}), metrics: ['accuracy']});
 * ```
 *
 * @see Liu, Wen, Yu, Li, Raj & Song, "SphereFace: Deep Hypersphere Embedding for Face Recognition", CVPR 2017, eq. 7.
 */
export class ASoftmaxLoss extends FormulaLoss<BlendedMargin> {
  /**
   * @throws RangeError if `m` is not an integer ≥ 1 or `lambda` is negative or not finite; TypeError if either is of the
   * wrong type or an option is unknown.
   */
  constructor(options: MarginLossOptions = {}) {
    super('asoftmax', blendedMarginOptions, options);
  }

  /** The angular margin. */
  get m(): number {
    return this.options.m;
  }

  /** λ, constant or a schedule. */
  get lambda(): number | LambdaSchedule {
    return this.options.lambda;
  }

  protected term(options: BlendedMargin): Term {
    return {logits: direction, ...blendedMargin(this.name, options)};
  }
}

/**
 * Angular softmax: see {@link ASoftmaxLoss}.
 *
 * @param options - `m` (default 4) and `lambda` (default `annealedLambda()`).
 */
export function asoftmax(options?: MarginLossOptions): ASoftmaxLoss {
  return new ASoftmaxLoss(options);
}
