import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption, scaleOption} from './loss/options.js';

/** The options of {@link amsoftmax}. */
export interface AMSoftmaxOptions {
  /** m: what is subtracted from the true class's cosine, positive or negative. @defaultValue 0.35 */
  readonly margin: number;
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 'auto' */
  readonly scale: Scale;
}

const OPTIONS = {margin: numberOption(0.35, 'm', {}), scale: scaleOption};

/**
 * Additive-margin softmax (AM-Softmax), also known as CosFace: cross-entropy of cosines, with a margin subtracted from that of
 * the true class.
 *
 * ```math
 * L = −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = s·\cos θ_j \quad \text{for } j ≠ y, \qquad f_y = s·(\cos θ_y − m)
 * ```
 *
 * The cosine of the true class must exceed all others by m. A negative margin does the opposite, and was found to help when the
 * features are used for classes that were not in the training data. Only angles matter: the norms of $`x`$ and $`W_j`$ do not
 * change the loss, and the gradient is orthogonal to $`x`$ and to every $`W_j`$. Where $`x`$ or $`W_j`$ is 0, or the product of
 * their norms is below $`2^{−100}`$, the cosine is taken as 0 and has no gradient.
 *
 * Predictions should rank classes by angle too: use `marginDense({units, normalizeKernel: true})`, unless another term of a
 * combination trains lengths. A bias is ignored.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {amsoftmax, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, normalizeKernel: true, inputShape: [8]})]});
 * model.compile({optimizer: 'sgd', loss: amsoftmax({margin: 0.2}), metrics: ['accuracy']});
 * ```
 *
 * @see Wang, Cheng, Liu & Liu, "Additive Margin Softmax for Face Verification", 2018, eq. 6; Wang et al., "CosFace: Large
 * Margin Cosine Loss for Deep Face Recognition", CVPR 2018, eq. 4; for negative margins, Liu et al., "Negative Margin Matters:
 * Understanding Margin in Few-Shot Classification", ECCV 2020.
 */
export class AMSoftmaxLoss extends FormulaLoss<AMSoftmaxOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/AMSoftmaxLoss';

  /** @throws RangeError if `margin` is not finite or `scale` not > 0; TypeError if either is of the wrong type. */
  constructor(options: Given<AMSoftmaxOptions> = {}) {
    super('amsoftmax', OPTIONS, options);
  }

  protected term({margin, scale}: AMSoftmaxOptions): Term {
    return {
      logits: cosine(scale),
      numbers: {margin},
      margin: ({sub}, angle, number) => sub(angle.cosine, number('margin')),
    };
  }
}

/**
 * Additive-margin softmax: see {@link AMSoftmaxLoss}.
 *
 * @param options - `margin` (default 0.35) and `scale` (default `'auto'`).
 */
export function amsoftmax(options?: Given<AMSoftmaxOptions>): AMSoftmaxLoss {
  return new AMSoftmaxLoss(options);
}
