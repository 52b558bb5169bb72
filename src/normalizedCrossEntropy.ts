import {plain, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import type {Given} from './loss/options.js';

/** The options of {@link normalizedCrossEntropy}: there are none. */
export type NormalizedCrossEntropyOptions = Readonly<Record<never, never>>;

/**
 * Normalised cross-entropy: the share of the true class in the cross-entropies of all classes, for data with wrong labels.
 *
 * ```math
 * \begin{aligned}
 * L &= \frac{\log p_y}{∑_k \log p_k}, \qquad p = \operatorname{softmax}(z) \\
 * \frac{∂L}{∂z_j} &= \frac{p_j − 1[j = y] − L·(C p_j − 1)}{−∑_k \log p_k}
 * \end{aligned}
 * ```
 *
 * Over all labels that an example might have the losses add up to 1, which makes it robust: if every wrong label is equally
 * likely, the best model is the same as for the correct labels. Alone it fits slowly; its authors combine it with a loss that is
 * robust too, such as `reverseCrossEntropy()`. A single class has the loss 0.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes]. Result: [batch, …], in [0, 1].
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {normalizedCrossEntropy} from 'tfjs-losses';
 *
 * const loss = normalizedCrossEntropy();
 * loss(tf.tensor1d([0, 1], 'int32'), tf.tensor2d([[2, 0, 0], [0, 0, 0]])).print(); // [0.0508, 0.3333]
 * ```
 *
 * @see Ma, Huang, Wang, Romano, Erfani & Bailey, "Normalized Loss Functions for Deep Learning with Noisy Labels", ICML 2020.
 */
export class NormalizedCrossEntropyLoss extends FormulaLoss<NormalizedCrossEntropyOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/NormalizedCrossEntropyLoss';

  /** @throws TypeError if there is an option. */
  constructor(options: Given<NormalizedCrossEntropyOptions> = {}) {
    super('normalizedCrossEntropy', {}, options);
  }

  protected term(): Term {
    return {
      logits: plain,
      numbers: {ofEach: ({classes}) => 1 / classes},
      // −log p_j = −log p_y + z_y − z_j, of which `lead` has the mean.
      loss: ({add, div, mul}, {crossEntropy, lead}, number) =>
        mul(div(crossEntropy, add(crossEntropy, lead)), number('ofEach')),
    };
  }
}

/** Normalised cross-entropy: see {@link NormalizedCrossEntropyLoss}. */
export function normalizedCrossEntropy(): NormalizedCrossEntropyLoss {
  return new NormalizedCrossEntropyLoss();
}
