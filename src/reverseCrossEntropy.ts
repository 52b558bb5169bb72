import {complement} from './formula/probability.js';
import type {Term} from './formula/term.js';
import {type BaseOptions, baseOption, termOn} from './loss/base.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption} from './loss/options.js';

/** The options of {@link reverseCrossEntropy}. */
export interface ReverseCrossEntropyOptions extends BaseOptions {
  /** The value that replaces the zeros of a label, so that they have a logarithm, in (0, 1). @defaultValue 1e-4 */
  readonly floor: number;
}

const OPTIONS = {floor: numberOption(1e-4, 'floor', {above: 0, below: 1}), base: baseOption};

/**
 * Reverse cross-entropy: cross-entropy with the label q and the probabilities p exchanged, for data with wrong labels.
 *
 * ```math
 * \begin{aligned}
 * L &= −∑_j p_j \log \max(q_j, \text{floor}) = −\log(\text{floor})\,(1 − p_y), \qquad p = \operatorname{softmax}(z) \\
 * \frac{∂L}{∂z_j} &= −\log(\text{floor})\,p_y\,(p_j − 1[j = y])
 * \end{aligned}
 * ```
 *
 * An example that the model finds improbable, as it does those with a wrong label, has a small gradient; so have all examples at
 * first. It is therefore combined with another loss: $`α·\text{softmax} + β·\text{reverseCrossEntropy}`$ is symmetric
 * cross-entropy, with α = 0.1 and β = 1 for CIFAR-10 in the paper. With `normalizedCrossEntropy()` in the place of softmax it is
 * one of the active passive losses of Ma et al.
 *
 * With a `base` $`p_y`$ is that of another loss, such as `arcface()`.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes], those of `marginDense` or `marginLogits` if the base
 * needs them. Result: [batch, …], in nats, in [0, −log(floor)].
 *
 * @throws At a call: TypeError if the base needs a geometry and the logits carry none.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {combined, reverseCrossEntropy, softmax} from 'tfjs-losses';
 *
 * const symmetric = combined([[0.1, softmax()], [1, reverseCrossEntropy()]]);
 * symmetric(tf.tensor1d([0, 1], 'int32'), tf.tensor2d([[2, 0, 0], [0, 0, 0]])).print(); // [1.9859, 6.2501]
 * ```
 *
 * @see Wang, Ma, Chen, Luo, Yi & Bailey, "Symmetric Cross Entropy for Robust Learning with Noisy Labels", ICCV 2019.
 */
export class ReverseCrossEntropyLoss extends FormulaLoss<ReverseCrossEntropyOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/ReverseCrossEntropyLoss';

  /** @throws RangeError if `floor` is not in (0, 1); TypeError if it is not a number or `base` not a cross-entropy. */
  constructor(options: Given<ReverseCrossEntropyOptions> = {}) {
    super('reverseCrossEntropy', OPTIONS, options);
  }

  protected term({floor, base}: ReverseCrossEntropyOptions): Term {
    return termOn(base, {
      numbers: {height: -Math.log(floor)},
      loss: (a, {crossEntropy}, number) => a.mul(complement(a, crossEntropy), number('height')),
    });
  }
}

/**
 * Reverse cross-entropy: see {@link ReverseCrossEntropyLoss}.
 *
 * @param options - `floor` (default 1e-4) and `base` (default `softmax()`).
 */
export function reverseCrossEntropy(options?: Given<ReverseCrossEntropyOptions>): ReverseCrossEntropyLoss {
  return new ReverseCrossEntropyLoss(options);
}
