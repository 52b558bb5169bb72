import {fallingCosineOfSum} from './formula/psi.js';
import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption, scaleOption} from './loss/options.js';

/** The options of {@link arcface}. */
export interface ArcFaceOptions {
  /** m: what is added to the true class's angle, in radians, in [0, π). @defaultValue 0.5 */
  readonly margin: number;
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 'auto' */
  readonly scale: Scale;
}

const OPTIONS = {margin: numberOption(0.5, 'm', {atLeast: 0, below: Math.PI}), scale: scaleOption};

/**
 * ArcFace, additive angular margin: cross-entropy of cosines, with a margin added to the angle of the true class.
 *
 * ```math
 * \begin{aligned}
 * L &= −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = s·\cos θ_j \quad \text{for } j ≠ y \\
 * f_y &= s·\cos(θ_y + m) \quad \text{for } θ_y ≤ π − m, \qquad f_y = s·(−2 − \cos(θ_y + m)) \quad \text{beyond}
 * \end{aligned}
 * ```
 *
 * The cosine of the paper rises again beyond $`π − m`$, and implementations differ in what they do there. This one reflects it at
 * its lowest value, so that the logit keeps decreasing and is continuously differentiable. The margin is the same angle
 * everywhere; that of AM-Softmax corresponds to a larger angle where the angle is small.
 *
 * The gradient is finite everywhere. At angles of exactly 0 and π, the angle has no direction in which it grows, and its part of
 * the gradient is taken as 0. The sine of a small angle is measured from $`x`$ and $`W_y`$, so that it keeps its digits. With
 * `normalizeKernel`, $`W_y`$ is rounded to float32 once more, and the gradient of the true class is off by up to 6e-8/θ of its size
 * (6e-3 at θ = 1e-5). Only angles matter: see {@link AMSoftmaxLoss} for what follows from it.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {arcface, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, normalizeKernel: true, inputShape: [8]})]});
 * model.compile({optimizer: 'sgd', loss: arcface({margin: 0.3}), metrics: ['accuracy']});
 * ```
 *
 * @see Deng, Guo, Xue & Zafeiriou, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019, eq. 3.
 */
export class ArcFaceLoss extends FormulaLoss<ArcFaceOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/ArcFaceLoss';

  /** @throws RangeError if `margin` is not in [0, π) or `scale` not > 0; TypeError if either is of the wrong type. */
  constructor(options: Given<ArcFaceOptions> = {}) {
    super('arcface', OPTIONS, options);
  }

  protected term({margin, scale}: ArcFaceOptions): Term {
    return {
      logits: cosine(scale),
      numbers: {cosine: Math.cos(margin), sine: Math.sin(margin)},
      margin: (a, angle, number) =>
        fallingCosineOfSum(a, angle, {cosine: number('cosine'), sine: number('sine')}),
    };
  }
}

/**
 * ArcFace: see {@link ArcFaceLoss}.
 *
 * @param options - `margin` in radians (default 0.5) and `scale` (default `'auto'`).
 */
export function arcface(options?: Given<ArcFaceOptions>): ArcFaceLoss {
  return new ArcFaceLoss(options);
}
