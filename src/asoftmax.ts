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
 * Angular softmax (A-Softmax), the loss of SphereFace: L-Softmax with every $`W_j`$ scaled to norm 1 and no bias, so that classes
 * differ by angle alone.
 *
 * ```math
 * \begin{aligned}
 * L &= −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = ‖x‖ \cos θ_j \quad \text{for } j ≠ y \\
 * f_y &= ‖x‖ \frac{λ \cos θ_y + ψ(θ_y)}{1 + λ} \\
 * ψ(θ) &= (−1)^k \cos(mθ) − 2k \quad \text{for } θ ∈ [kπ/m, (k+1)π/m]
 * \end{aligned}
 * ```
 *
 * The gradient goes through the scaling of the weights, so it is orthogonal to every $`W_j`$: it trains their directions and not
 * their norms. A column of zeros has the logit 0 and no gradient; where that of the true class is 0, $`\cos θ_y`$ is taken as 0.
 *
 * If no other term trains the norms, the model should rank classes by angle too: use `marginDense({units, normalizeKernel:
 * true})`. A bias is ignored.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
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
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/ASoftmaxLoss';

  /**
   * @throws RangeError if `m` is not an integer in [1, 100] or `lambda` is negative or not finite; TypeError if either is of the
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
