import {fallingCosine, LARGEST_FACTOR} from './formula/psi.js';
import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {type Given, numberOption, scaleOption} from './loss/options.js';

/** The options of {@link combinedMargin}. */
export interface CombinedMarginOptions {
  /** m₁: what the angle is multiplied by, a number in [1, 100]. @defaultValue 1 */
  readonly m1: number;
  /** m₂: the angle that is added, in radians, in [0, π). @defaultValue 0 */
  readonly m2: number;
  /** m₃: what is subtracted from the cosine, positive or negative. @defaultValue 0 */
  readonly m3: number;
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 'auto' */
  readonly scale: Scale;
}

const OPTIONS = {
  m1: numberOption(1, 'm₁', {atLeast: 1, atMost: LARGEST_FACTOR}),
  m2: numberOption(0, 'm₂', {atLeast: 0, below: Math.PI}),
  m3: numberOption(0, 'm₃', {}),
  scale: scaleOption,
};

/**
 * The combined margin of ArcFace's authors: cross-entropy of cosines with a multiplicative and an additive angular and an
 * additive cosine margin at once.
 *
 * ```math
 * \begin{aligned}
 * L &= −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = s·\cos θ_j \quad \text{for } j ≠ y \\
 * f_y &= s·(φ(m_1·θ_y + m_2) − m_3) \\
 * φ(α) &= (−1)^k \cos α − 2k \quad \text{for } α ∈ [kπ, (k+1)π]
 * \end{aligned}
 * ```
 *
 * φ is the cosine, continued beyond π so that it keeps decreasing, as ψ of A-Softmax is: with an integer m₁ and no other margin
 * it is ψ. `combinedMargin({m2: m})` is `arcface({margin: m})`, and `combinedMargin({m3: m})` is `amsoftmax({margin: m})`.
 *
 * At angles of exactly 0 and π, the part of the gradient that goes through the angle is taken as 0. With `normalizeKernel`, small
 * angles have fewer digits, as {@link ArcFaceLoss} has it. Only angles matter: see
 * {@link AMSoftmaxLoss} for what follows from it.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import {combinedMargin} from 'tfjs-losses';
 *
 * String(combinedMargin({m2: 0.3, m3: 0.2})); // combinedMargin(m₁=1, m₂=0.3, m₃=0.2)
 * ```
 *
 * @see Deng, Guo, Xue & Zafeiriou, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019, eq. 4.
 */
export class CombinedMarginLoss extends FormulaLoss<CombinedMarginOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/CombinedMarginLoss';

  /** @throws RangeError if an option is out of its range; TypeError if one is of the wrong type. */
  constructor(options: Given<CombinedMarginOptions> = {}) {
    super('combinedMargin', OPTIONS, options);
  }

  protected term({m1, m2, m3, scale}: CombinedMarginOptions): Term {
    const largest = m1 * Math.PI + m2;
    return {
      logits: cosine(scale),
      numbers: {m1, m2, m3},
      margin(a, {theta}, number) {
        const phi = a.add(a.mul(theta, number('m1')), number('m2'));
        return a.sub(fallingCosine(a, phi, largest), number('m3'));
      },
    };
  }
}

/**
 * The combined margin: see {@link CombinedMarginLoss}.
 *
 * @param options - `m1` (default 1), `m2` in radians (default 0), `m3` (default 0) and `scale` (default `'auto'`).
 */
export function combinedMargin(options?: Given<CombinedMarginOptions>): CombinedMarginLoss {
  return new CombinedMarginLoss(options);
}
