import {plain, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {numberOption} from './loss/options.js';

/** The options of {@link softmax}. */
export interface SoftmaxOptions {
  /**
   * ε: the share of each label that is distributed evenly over all classes, in [0, 1). @defaultValue 0
   */
  readonly labelSmoothing?: number | undefined;
}

interface SoftmaxValues {
  readonly labelSmoothing: number;
}

const OPTIONS = {labelSmoothing: numberOption(0, 'ε', {atLeast: 0, below: 1}, false)};

/**
 * Softmax cross-entropy from logits.
 *
 * ```math
 * L = −∑_j q_j \log p_j, \quad p = \operatorname{softmax}(z), \quad q = (1 − ε)·\text{label} + ε/C
 * \qquad \frac{∂L}{∂z_j} = p_j − q_j
 * ```
 *
 * For a one-hot label and ε = 0 that is $`−\log p_y`$. The gradient decreases as the margin grows and reaches 0 only where
 * $`p_y`$ rounds to 1. Nothing is clipped, so a confidently wrong example has its full gradient.
 *
 * Labels: one-hot or soft rows, or class ids. Output: logits [batch, …, classes]. Result: [batch, …], in nats, ≥ 0.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {softmax} from 'tfjs-losses';
 *
 * const loss = softmax({labelSmoothing: 0.1});
 * loss(tf.tensor1d([0, 2], 'int32'), tf.tensor2d([[2, 0, 0], [0, 1, 5]])).print(); // [0.3729, 0.3247]
 * ```
 *
 * @see Prabhu & Shelke, "Exploiting Loss Function Properties for Improved Performance"; for label smoothing, Szegedy et
 * al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
 */
export class SoftmaxLoss extends FormulaLoss<SoftmaxValues> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/SoftmaxLoss';

  /** @throws RangeError if `labelSmoothing` is not in [0, 1); TypeError if it is not a number or an option is unknown. */
  constructor(options: SoftmaxOptions = {}) {
    super('softmax', OPTIONS, options);
  }

  /** ε. */
  get labelSmoothing(): number {
    return this.options.labelSmoothing;
  }

  protected term({labelSmoothing}: SoftmaxValues): Term {
    const smoothed: Term['loss'] = ({add, mul}, {crossEntropy, lead}, number) =>
      add(crossEntropy, mul(number('labelSmoothing'), lead));
    return {
      logits: plain,
      numbers: {labelSmoothing},
      softLabels: 'labelSmoothing',
      ...(labelSmoothing > 0 && {loss: smoothed}),
    };
  }
}

/**
 * Softmax cross-entropy: see {@link SoftmaxLoss}.
 *
 * @param options - `labelSmoothing` (default 0).
 */
export function softmax(options?: SoftmaxOptions): SoftmaxLoss {
  return new SoftmaxLoss(options);
}
