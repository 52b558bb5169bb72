import {plain, type Term} from './formula/term.js';
import {
  type BlendedMargin,
  blendedMargin,
  blendedMarginOptions,
  type MarginLossOptions,
} from './loss/blendedMargin.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import type {LambdaSchedule} from './loss/lambda.js';

/**
 * Large-margin softmax (L-Softmax): softmax cross-entropy with an angular margin between the classes.
 *
 * ```math
 * \begin{aligned}
 * L &= −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = W_j·x + b_j \quad \text{for } j ≠ y \\
 * f_y &= ‖W_y‖‖x‖ \frac{λ \cos θ_y + ψ(θ_y)}{1 + λ} + b_y \\
 * ψ(θ) &= (−1)^k \cos(mθ) − 2k \quad \text{for } θ ∈ [kπ/m, (k+1)π/m]
 * \end{aligned}
 * ```
 *
 * Since $`ψ(θ) ≤ \cos θ`$, the true class must have the largest logit even with a smaller cosine: the features of a class lie in
 * a narrower cone around its weights, the narrower the larger m and the smaller λ. m = 1 is softmax exactly.
 *
 * The gradient is that of the formula, with respect to features, weights and bias. ψ is a polynomial of $`\cos θ`$ on each of its
 * pieces, so it has finite derivatives at angles of 0 and π too. Where $`x`$ or $`W_y`$ is 0, the cosine is taken as 0.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {lsoftmax, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, inputShape: [8]})]});
 * model.compile({optimizer: 'sgd', loss: lsoftmax({m: 4}), metrics: ['accuracy']});
 * ```
 *
 * @see Liu, Wen, Yu & Yang, "Large-Margin Softmax Loss for Convolutional Neural Networks", ICML 2016, eq. 4–6 and, for λ,
 * section 4.2.
 */
export class LSoftmaxLoss extends FormulaLoss<BlendedMargin> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/LSoftmaxLoss';

  /**
   * @throws RangeError if `m` is not an integer in [1, 100] or `lambda` is negative or not finite; TypeError if either is of the
   * wrong type or an option is unknown.
   */
  constructor(options: MarginLossOptions = {}) {
    super('lsoftmax', blendedMarginOptions, options);
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
    return {logits: plain, ...blendedMargin(this.name, options)};
  }
}

/**
 * Large-margin softmax: see {@link LSoftmaxLoss}.
 *
 * @param options - `m` (default 4) and `lambda` (default `annealedLambda()`).
 */
export function lsoftmax(options?: MarginLossOptions): LSoftmaxLoss {
  return new LSoftmaxLoss(options);
}
