import {plain, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {booleanOption, choiceOption, numberOption} from './loss/options.js';

/** The options of {@link hinge}. */
export interface HingeOptions {
  /** Δ: by how much the true class's logit must exceed every other, a number ≥ 0. @defaultValue 1 */
  readonly margin?: number | undefined;
  /** Whether violations are squared. @defaultValue false */
  readonly squared?: boolean | undefined;
  /** Whether all violations of an example are summed up, `'sum'`, or only the largest counts, `'max'`. @defaultValue 'sum' */
  readonly form?: 'sum' | 'max' | undefined;
}

interface HingeValues {
  readonly margin: number;
  readonly squared: boolean;
  readonly form: 'sum' | 'max';
}

const OPTIONS = {
  margin: numberOption(1, 'Δ', {atLeast: 0}),
  squared: booleanOption(false, 'squared'),
  form: choiceOption('sum', 'form', ['sum', 'max']),
};

/**
 * Multi-class hinge loss, the loss of a multi-class support vector machine (SVM): in the form of Weston and Watkins, or with
 * `form: 'max'` of Crammer and Singer.
 *
 * ```math
 * \begin{aligned}
 * L_{\text{sum}} &= ∑_{j≠y} \max(0, z_j − z_y + Δ) & L_{\text{max}} &= \max(0, \max_{j≠y} z_j − z_y + Δ) \\
 * L_{\text{sum}}^{\text{squared}} &= ∑_{j≠y} \max(0, z_j − z_y + Δ)^2 & L_{\text{max}}^{\text{squared}} &= L_{\text{max}}^2
 * \end{aligned}
 * ```
 *
 * Loss and gradient are exactly 0 once every margin is met; at the kink the subgradient is 0. The true class is not compared with
 * itself. In a sum each violated margin counts, ties included; with `'max'`, classes that tie for the largest logit share the
 * gradient equally.
 *
 * `'sum'` pushes away every class that is too close, `'max'` only the closest. If squared, small violations count less and large
 * ones more, and the gradient has no jump.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes]. Result: [batch, …], ≥ 0.
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
 * @see Weston & Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", ESANN 1999; Crammer & Singer, "On the
 * Algorithmic Implementation of Multiclass Kernel-based Vector Machines", JMLR 2001; for squares, Tang, "Deep Learning using Linear
 * Support Vector Machines", 2013; "SVM" in Prabhu & Shelke, "Exploiting Loss Function Properties for Improved Performance".
 */
export class HingeLoss extends FormulaLoss<HingeValues> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/HingeLoss';

  /**
   * @throws RangeError if `margin` is negative or not finite; TypeError if an option is of the wrong type, not one of its choices, or
   * unknown.
   */
  constructor(options: HingeOptions = {}) {
    super('hinge', OPTIONS, options);
  }

  /** Δ. */
  get margin(): number {
    return this.options.margin;
  }

  protected term({margin, squared, form}: HingeValues): Term {
    const sum: Term['loss'] = (_, {excess, squaredExcess}) => (squared ? squaredExcess : excess)('margin');
    const largest: Term['loss'] = ({max, mul, sub}, {gap}, number) => {
      const violation = max(sub(number('margin'), gap), 0);
      return squared ? mul(violation, violation) : violation;
    };
    return {logits: plain, numbers: {margin}, loss: form === 'sum' ? sum : largest};
  }
}

/**
 * Multi-class hinge loss: see {@link HingeLoss}.
 *
 * @param options - `margin` (default 1), `squared` (default false) and `form` (default `'sum'`).
 */
export function hinge(options?: HingeOptions): HingeLoss {
  return new HingeLoss(options);
}
