import {complement} from './formula/probability.js';
import type {Term} from './formula/term.js';
import {type BaseOptions, baseOption, termOn} from './loss/base.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption} from './loss/options.js';

/** The options of {@link poly}. */
export interface PolyOptions extends BaseOptions {
  /** ε: the weight of $`1 − p_y`$, a number ≥ −1. @defaultValue 1 */
  readonly epsilon: number;
}

const OPTIONS = {epsilon: numberOption(1, 'ε', {atLeast: -1}), base: baseOption};

/**
 * PolyLoss with one coefficient, Poly-1: cross-entropy is the series $`∑_k (1 − p_y)^k/k`$, and this one changes its first term.
 *
 * ```math
 * L = −\log p_y + ε(1 − p_y), \qquad p = \operatorname{softmax}(z)
 * \qquad \frac{∂L}{∂z_j} = (1 + ε p_y)(p_j − 1[j = y])
 * ```
 *
 * ε = 0 is softmax. With ε > 0 examples that are classified well have a larger gradient than with softmax, up to $`1 + ε`$ times;
 * with ε < 0 less. The paper chose 1 or 2 for images and negative values for detection. Below −1 the loss would rise with
 * $`p_y`$.
 *
 * With a `base` $`p_y`$ is that of another loss: `poly({base: arcface()})` has the margin of ArcFace.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes], those of `marginDense` or `marginLogits` if the base
 * needs them. Result: [batch, …], ≥ 0.
 *
 * @throws At a call: TypeError if the base needs a geometry and the logits carry none.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {poly} from 'tfjs-losses';
 *
 * const loss = poly({epsilon: 1});
 * loss(tf.tensor1d([0, 1], 'int32'), tf.tensor2d([[2, 0, 0], [0, 0, 0]])).print(); // [0.4526, 1.7653]
 * ```
 *
 * @see Leng et al., "PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions", ICLR 2022.
 */
export class PolyLoss extends FormulaLoss<PolyOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/PolyLoss';

  /** @throws RangeError if `epsilon` is below −1 or not finite; TypeError if it is not a number or `base` not a cross-entropy. */
  constructor(options: Given<PolyOptions> = {}) {
    super('poly', OPTIONS, options);
  }

  protected term({epsilon, base}: PolyOptions): Term {
    return termOn(base, {
      numbers: {epsilon},
      loss: (a, {crossEntropy}, number) =>
        a.add(crossEntropy, a.mul(complement(a, crossEntropy), number('epsilon'))),
    });
  }
}

/**
 * Poly-1: see {@link PolyLoss}.
 *
 * @param options - `epsilon` (default 1) and `base` (default `softmax()`).
 */
export function poly(options?: Given<PolyOptions>): PolyLoss {
  return new PolyLoss(options);
}
