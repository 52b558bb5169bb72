import {
  add,
  cast,
  expandDims,
  isNaN as isNaNTensor,
  lessEqual,
  logicalAnd,
  logicalNot,
  neg,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {analyticLoss, type LossAndGradient} from './analytic.js';
import {checkLossOptions, checkNumber} from './checks.js';
import {Loss, type LossConfig} from './loss.js';
import type {LossInputs} from './lossInputs.js';

/** The options of {@link hinge}. */
export interface HingeOptions {
  /** Δ: by how much the true class's score must exceed every other, a number ≥ 0. @defaultValue 1 */
  readonly margin?: number | undefined;
}

/**
 * Multi-class hinge loss in the form of Weston and Watkins, the loss of a multi-class support vector machine (SVM).
 *
 * L = Σ_{j≠y} max(0, s_j − s_y + Δ)
 *
 * ∂L/∂s_j = 1[s_j − s_y + Δ > 0] for j ≠ y, ∂L/∂s_y = −Σ_{j≠y} of those; at the kink the subgradient is 0.
 *
 * It stops pushing once every margin holds: loss and gradient are exactly 0 from there on.
 *
 * Labels: one-hot [batch, classes] or int32 class ids [batch] or [batch, 1]. Output: logits [batch, classes]. Result:
 * [batch], ≥ 0. The true class takes no part in the sum, and each violated margin counts once, ties included.
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
export class HingeLoss extends Loss {
  readonly #margin: number;

  /** @throws RangeError if `margin` is negative or not finite; TypeError if it is not a number or an option is unknown. */
  constructor(options: HingeOptions = {}) {
    super('hinge');
    checkLossOptions('hinge', options, ['margin']);
    const {margin = 1} = options;
    checkNumber('hinge', 'margin', margin, {atLeast: 0});
    this.#margin = margin;
  }

  /** Δ. */
  get margin(): number {
    return this.#margin;
  }

  compute(inputs: LossInputs): Tensor1D {
    const {logits, isTrueClass} = inputs;
    const trueScore = inputs.atTrueClass(logits);
    return analyticLoss(logits, () => multiclassHinge(logits, trueScore, isTrueClass, this.#margin));
  }

  getConfig(): LossConfig {
    return {name: this.name, margin: this.#margin};
  }

  override toString(): string {
    return `hinge(Δ=${this.#margin})`;
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

/** The hinge and its gradient with respect to the scores; `trueScore` is s_y, shape [batch]. */
function multiclassHinge(
  scores: Tensor2D,
  trueScore: Tensor1D,
  isTrueClass: Tensor2D,
  margin: number,
): LossAndGradient {
  const excess = add<Tensor2D>(sub(scores, expandDims(trueScore, 1)), margin);
  // "Not ≤ 0" in place of "> 0", so that a NaN counts and shows in the loss.
  const isViolated = logicalAnd(logicalNot(lessEqual(excess, 0)), logicalNot(isTrueClass));
  const loss = sum<Tensor1D>(where(isViolated, excess, 0), 1);
  const violated = cast(isViolated, 'float32');
  const gradient = where(isTrueClass, neg(sum(violated, 1, true)), violated) as Tensor2D;
  const lossOfRow = expandDims(loss, 1);
  return {loss, gradient: where(isNaNTensor(lossOfRow), lossOfRow, gradient) as Tensor2D};
}
