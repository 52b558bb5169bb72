import {fallingCosineOfSum} from './formula/psi.js';
import {scaleOf} from './formula/scale.js';
import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {autoOption, type Given, numberOption, scaleOption} from './loss/options.js';

/** The options of {@link magface}. */
export interface MagFaceOptions {
  /** l_a: the norm of features at and below which they have the least margin, a number > 0. @defaultValue 10 */
  readonly minNorm: number;
  /** u_a: the norm at and above which they have the largest, a number > `minNorm`. @defaultValue 110 */
  readonly maxNorm: number;
  /** l_m: the least margin, in radians, in [0, π). @defaultValue 0.45 */
  readonly minMargin: number;
  /** u_m: the largest margin, in radians, in [0, π), at least `minMargin`. @defaultValue 0.8 */
  readonly maxMargin: number;
  /** λ_g: the weight of g, a number ≥ 0; `'auto'` is 35·s/64, which is 35 at the scale of the paper. @defaultValue 'auto' */
  readonly regularizer: number | 'auto';
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 'auto' */
  readonly scale: Scale;
}

const angle = {atLeast: 0, below: Math.PI};

const OPTIONS = {
  minNorm: numberOption(10, 'l_a', {above: 0}, false),
  maxNorm: numberOption(110, 'u_a', {above: 0}, false),
  minMargin: numberOption(0.45, 'l_m', angle, false),
  maxMargin: numberOption(0.8, 'u_m', angle, false),
  regularizer: autoOption('λ_g', {atLeast: 0}),
  scale: scaleOption,
};

/** The regulariser's weight over the scale, as published. */
const PUBLISHED = 35 / 64;

/**
 * MagFace: ArcFace with a margin that grows with the norm of the features, which becomes a measure of the quality of the example.
 *
 * ```math
 * \begin{aligned}
 * L &= −\log \frac{e^{f_y}}{∑_j e^{f_j}} + λ_g\,g(a), \qquad a = \min(\max(‖x‖, l_a), u_a) \\
 * f_j &= s·\cos θ_j \quad \text{for } j ≠ y, \qquad f_y = s·φ(θ_y + m(a)) \\
 * m(a) &= l_m + (u_m − l_m) \frac{a − l_a}{u_a − l_a}, \qquad g(a) = \frac{a}{u_a^2} + \frac{1}{a}
 * \end{aligned}
 * ```
 *
 * φ is the cosine, continued beyond π as in {@link ArcFaceLoss}. The regulariser g pulls norms towards $`u_a`$, and the margin,
 * which increases the loss more the larger it is, limits those of examples that are hard to distinguish. So $`‖x‖`$ is large for
 * clear examples and small for blurred ones.
 *
 * Outside of $`[l_a, u_a]`$ neither has a gradient along $`x`$, so the options must fit the norms that the network produces:
 * batch normalisation before the last layer keeps them near $`\sqrt{D}`$ of D features. Predictions rank by angle: use
 * `normalizeKernel`.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes]. Result:
 * [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {magface, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({
 *   layers: [
 *     tf.layers.dense({units: 64, inputShape: [8]}),
 *     tf.layers.batchNormalization(), // norms around 8
 *     marginDense({units: 3, normalizeKernel: true}),
 *   ],
 * });
 * model.compile({optimizer: 'sgd', loss: magface({minNorm: 2, maxNorm: 20}), metrics: ['accuracy']});
 * ```
 *
 * @see Meng, Zhao, Huang & Zhou, "MagFace: A Universal Representation for Face Recognition and Quality Assessment", CVPR 2021;
 * m, g and the defaults but for the scale are those of the published code.
 */
export class MagFaceLoss extends FormulaLoss<MagFaceOptions> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/MagFaceLoss';

  /** @throws RangeError if an option is out of its range; TypeError if one is of the wrong type. */
  constructor(options: Given<MagFaceOptions> = {}) {
    super('magface', OPTIONS, options);
    const {minNorm, maxNorm, minMargin, maxMargin} = this.options;
    if (minNorm >= maxNorm) {
      throw new RangeError(`magface: minNorm must be < maxNorm, got ${minNorm} and ${maxNorm}; give both`);
    }
    if (minMargin > maxMargin) {
      throw new RangeError(
        `magface: minMargin must be <= maxMargin, got ${minMargin} and ${maxMargin}; give both`,
      );
    }
  }

  protected term({minNorm, maxNorm, minMargin, maxMargin, regularizer, scale}: MagFaceOptions): Term {
    const rise = (maxMargin - minMargin) / (maxNorm - minNorm);
    return {
      logits: cosine(scale),
      numbers: {
        minNorm,
        maxNorm,
        rise,
        atZero: minMargin - rise * minNorm,
        pull: 1 / maxNorm ** 2,
        regularizer: ({classes}) =>
          regularizer === 'auto' ? PUBLISHED * scaleOf(scale, classes) : regularizer,
      },
      margin(a, angle, number) {
        const norm = a.min(a.max(angle.featureNorm, number('minNorm')), number('maxNorm'));
        const margin = a.add(a.mul(norm, number('rise')), number('atZero'));
        return fallingCosineOfSum(a, angle, {cosine: a.cos(margin), sine: a.sin(margin)});
      },
      loss(a, {crossEntropy, featureNorm}, number) {
        const norm = a.min(a.max(featureNorm, number('minNorm')), number('maxNorm'));
        const g = a.add(a.mul(norm, number('pull')), a.div(1, norm));
        return a.add(crossEntropy, a.mul(g, number('regularizer')));
      },
    };
  }
}

/**
 * MagFace: see {@link MagFaceLoss}.
 *
 * @param options - `minNorm` (default 10), `maxNorm` (default 110), `minMargin` (default 0.45) and `maxMargin` (default 0.8) in
 * radians, `regularizer` and `scale` (default `'auto'`).
 */
export function magface(options?: Given<MagFaceOptions>): MagFaceLoss {
  return new MagFaceLoss(options);
}
