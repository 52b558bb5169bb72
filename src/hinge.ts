import {plain, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {numberOption} from './loss/options.js';

/** The options of {@link hinge}. */
export interface HingeOptions {
  /** Δ: by how much the true class's logit must exceed every other, a number ≥ 0. @defaultValue 1 */
  readonly margin?: number | undefined;
}

interface HingeValues {
  readonly margin: number;
}

const OPTIONS = {margin: numberOption(1, 'Δ', {atLeast: 0})};

/**
 * Multi-class hinge loss in the form of Weston and Watkins, the loss of a multi-class support vector machine (SVM).
 *
 * ```math
 * \begin{aligned}
 * L &= ∑_{j≠y} \max(0, z_j − z_y + Δ) \\
 * \frac{∂L}{∂z_j} &= 1[z_j − z_y + Δ > 0] \quad \text{for } j ≠ y, \qquad \frac{∂L}{∂z_y} = −∑_{j≠y} 1[z_j − z_y + Δ > 0]
 * \end{aligned}
 * ```
 *
 * Loss and gradient are exactly 0 once every margin is met; at the kink the subgradient is 0. The true class takes no part in the
 * sum, and each violated margin counts once, ties included.
 *
 * Labels: one-hot [batch, classes] or class ids [batch] or [batch, 1]. Output: logits [batch, classes]. Result: [batch], ≥ 0.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {hinge} from 'tfjs-losses';
 *
 * const loss = hinge({margin: 1});
 * loss(tf.tensor1d([0], 'int32'), tf.tensor2d([[2, 1.5, -3]])).print(); // [0.5]
 * ```
 *
 * @see Weston & Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", ESANN 1999; "SVM" in Prabhu &
 * Shelke, "Exploiting Loss Function Properties for Improved Performance".
 */
export class HingeLoss extends FormulaLoss<HingeValues> {
  /** @throws RangeError if `margin` is negative or not finite; TypeError if it is not a number or an option is unknown. */
  constructor(options: HingeOptions = {}) {
    super('hinge', OPTIONS, options);
  }

  /** Δ. */
  get margin(): number {
    return this.options.margin;
  }

  protected term({margin}: HingeValues): Term {
    return {logits: plain, numbers: {margin}, loss: (_, {excess}) => excess('margin')};
  }
}

/**
 * Multi-class hinge loss: see {@link HingeLoss}.
 *
 * @param options - `margin` (default 1).
 */
export function hinge(options?: HingeOptions): HingeLoss {
  return new HingeLoss(options);
}
