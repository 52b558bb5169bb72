import {complement, LARGEST_EXPONENT} from './formula/probability.js';
import type {Term} from './formula/term.js';
import {type BaseOptions, baseOption, termOn} from './loss/base.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption} from './loss/options.js';

/** The options of {@link focal}. */
export interface FocalOptions extends BaseOptions {
  /** γ: how strongly the weight of well-classified examples is reduced, a number ≥ 0. @defaultValue 2 */
  readonly gamma: number;
}

const OPTIONS = {gamma: numberOption(2, 'γ', {atLeast: 0}), base: baseOption};

/** The smallest normal float32: 1 − p_y counts as no less, so that its logarithm and its inverse are finite. */
const SMALLEST = 2 ** -126;

/**
 * Focal loss: cross-entropy in which an example has less weight the better it is classified.
 *
 * ```math
 * L = −(1 − p_y)^γ \log p_y, \qquad p = \operatorname{softmax}(z)
 * \qquad \frac{∂L}{∂z_j} = \left((1 − p_y)^γ − γ (1 − p_y)^{γ − 1} p_y \log p_y\right)(p_j − 1[j = y])
 * ```
 *
 * γ = 0 is softmax. With γ = 2, the loss of an example with $`p_y = 0.9`$ is a hundredth of its softmax loss, with $`p_y = 0.1`$
 * four fifths. The gradient is finite for every γ: where $`p_y`$ goes to 1, so does $`−p_y \log p_y/(1 − p_y)`$.
 *
 * With a `base` $`p_y`$ is that of another loss: `focal({base: arcface()})` has the margin of ArcFace.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes], those of `marginDense` or `marginLogits` if the base
 * needs them. Result: [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the base needs a geometry and the logits carry none.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {arcface, focal} from 'tfjs-losses';
 *
 * const loss = focal({gamma: 2});
 * loss(tf.tensor1d([0, 1], 'int32'), tf.tensor2d([[2, 0, 0], [0, 0, 0]])).print(); // [0.0109, 0.4883]
 * String(focal({base: arcface({margin: 0.3})})); // focal(γ=2, base=arcface(m=0.3))
 * ```
 *
 * @see Lin, Goyal, Girshick, He & Dollár, "Focal Loss for Dense Object Detection", ICCV 2017, eq. 4, there of two classes.
 */
export class FocalLoss extends FormulaLoss<FocalOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/FocalLoss';

  /** @throws RangeError if `gamma` is negative or not finite; TypeError if it is not a number or `base` not a cross-entropy. */
  constructor(options: Given<FocalOptions> = {}) {
    super('focal', OPTIONS, options);
  }

  protected term({gamma, base}: FocalOptions): Term {
    return termOn(base, {
      numbers: {gamma},
      loss(a, {crossEntropy}, number) {
        const doubt = a.max(complement(a, crossEntropy), SMALLEST);
        const power = a.exp(a.mul(a.log(doubt), number('gamma')));
        // Where doubt is 1, its derivative would be 0 times a number that may overflow.
        const weight = a.select(a.isAtMost(crossEntropy, LARGEST_EXPONENT), power, 1);
        return a.mul(weight, crossEntropy);
      },
    });
  }
}

/**
 * Focal loss: see {@link FocalLoss}.
 *
 * @param options - `gamma` (default 2) and `base` (default `softmax()`).
 */
export function focal(options?: Given<FocalOptions>): FocalLoss {
  return new FocalLoss(options);
}
