import {complement} from './formula/probability.js';
import type {Term} from './formula/term.js';
import {type BaseOptions, baseOption, termOn} from './loss/base.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption} from './loss/options.js';

/** The options of {@link generalizedCrossEntropy}. */
export interface GeneralizedCrossEntropyOptions extends BaseOptions {
  /** q: how robust the loss is, in [0, 1]: 0 is cross-entropy, 1 is $`1 − p_y`$. @defaultValue 0.7 */
  readonly q: number;
}

const OPTIONS = {q: numberOption(0.7, 'q', {atLeast: 0, atMost: 1}), base: baseOption};

/** A smaller q counts as 0: its inverse may overflow. */
const SMALLEST = 2 ** -100;

/**
 * Generalised cross-entropy: between cross-entropy and $`1 − p_y`$, for data with wrong labels.
 *
 * ```math
 * L = \frac{1 − p_y^q}{q}, \qquad p = \operatorname{softmax}(z) \qquad \frac{∂L}{∂z_j} = p_y^q\,(p_j − 1[j = y])
 * ```
 *
 * It never exceeds $`1/q`$, and an example that the model finds improbable, as it does those with a wrong label, has little
 * gradient. With many classes, all examples have a small gradient at first: a small q, or a combination with softmax, gets
 * training started. As q decreases the loss approaches cross-entropy, which it is at 0. At 1 it is half the sum of the absolute
 * errors of all probabilities.
 *
 * With a `base` $`p_y`$ is that of another loss, such as `arcface()`.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes], those of `marginDense` or `marginLogits` if the base
 * needs them. Result: [batch, …], in [0, 1/q].
 *
 * @throws At a call: TypeError if the base needs a geometry and the logits carry none.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {generalizedCrossEntropy} from 'tfjs-losses';
 *
 * const loss = generalizedCrossEntropy({q: 0.7});
 * loss(tf.tensor1d([0, 1], 'int32'), tf.tensor2d([[2, 0, 0], [0, 0, 0]])).print(); // [0.2205, 0.7665]
 * ```
 *
 * @see Zhang & Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels", NeurIPS 2018, eq. 6.
 */
export class GeneralizedCrossEntropyLoss extends FormulaLoss<GeneralizedCrossEntropyOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/GeneralizedCrossEntropyLoss';

  /** @throws RangeError if `q` is not in [0, 1]; TypeError if it is not a number or `base` not a cross-entropy. */
  constructor(options: Given<GeneralizedCrossEntropyOptions> = {}) {
    super('generalizedCrossEntropy', OPTIONS, options);
  }

  protected term({q, base}: GeneralizedCrossEntropyOptions): Term {
    return termOn(base, {
      numbers: {q},
      loss(a, {crossEntropy}, number) {
        const bounded = a.div(complement(a, a.mul(crossEntropy, number('q'))), number('q'));
        return a.select(a.isAtMost(number('q'), SMALLEST), crossEntropy, bounded);
      },
    });
  }
}

/**
 * Generalised cross-entropy: see {@link GeneralizedCrossEntropyLoss}.
 *
 * @param options - `q` (default 0.7) and `base` (default `softmax()`).
 */
export function generalizedCrossEntropy(
  options?: Given<GeneralizedCrossEntropyOptions>,
): GeneralizedCrossEntropyLoss {
  return new GeneralizedCrossEntropyLoss(options);
}
