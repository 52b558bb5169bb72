import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, scaleOption} from './loss/options.js';

/** The options of {@link normalizedSoftmax}. */
export interface NormalizedSoftmaxOptions {
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 'auto' */
  readonly scale: Scale;
}

const OPTIONS = {scale: scaleOption};

/**
 * Normalised softmax (NormFace): cross-entropy of cosines, without a margin.
 *
 * ```math
 * L = −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = s·\cos θ_j, \qquad \frac{∂L}{∂ \cos θ_j} = s·(p_j − 1[j = y])
 * ```
 *
 * Only angles matter: see {@link AMSoftmaxLoss}, of which it is the special case m = 0.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {marginLogits, normalizedSoftmax} from 'tfjs-losses';
 *
 * const features = tf.tensor2d([[3, 0]]);
 * const kernel = tf.tensor2d([[2, 0], [0, 1]]); // cos θ = 1 and 0
 * const loss = normalizedSoftmax({scale: 4});
 * loss(tf.tensor1d([0], 'int32'), marginLogits(features, kernel)).print(); // [0.0181]
 * ```
 *
 * @see Wang, Xiang, Cheng & Yuille, "NormFace: L2 Hypersphere Embedding for Face Verification", ACM Multimedia 2017, eq. 7.
 */
export class NormalizedSoftmaxLoss extends FormulaLoss<NormalizedSoftmaxOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/NormalizedSoftmaxLoss';

  /** @throws RangeError if `scale` is not > 0; TypeError if it is neither a number nor `'auto'`. */
  constructor(options: Given<NormalizedSoftmaxOptions> = {}) {
    super('normalizedSoftmax', OPTIONS, options);
  }

  protected term({scale}: NormalizedSoftmaxOptions): Term {
    return {logits: cosine(scale)};
  }
}

/**
 * Normalised softmax: see {@link NormalizedSoftmaxLoss}.
 *
 * @param options - `scale` (default `'auto'`).
 */
export function normalizedSoftmax(options?: Given<NormalizedSoftmaxOptions>): NormalizedSoftmaxLoss {
  return new NormalizedSoftmaxLoss(options);
}
