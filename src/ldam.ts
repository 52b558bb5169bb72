import {cosine, type Scale, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {countsOption, numberOption, scaleOption} from './loss/options.js';

/** The options of {@link ldam}. */
export interface LdamOptions {
  /** n_j: the number of training examples of each class, or anything proportional to it; numbers > 0. */
  readonly counts: readonly number[];
  /** The margin of the class with the fewest examples, a number ≥ 0. @defaultValue 0.5 */
  readonly maxMargin?: number | undefined;
  /** s: the norm that features are scaled to, a number > 0, or `'auto'`: see {@link autoScale}. @defaultValue 30 */
  readonly scale?: Scale | undefined;
}

interface LdamValues {
  readonly counts: readonly number[];
  readonly maxMargin: number;
  readonly scale: Scale;
}

const OPTIONS = {
  counts: countsOption,
  maxMargin: numberOption(0.5, 'max', {atLeast: 0}),
  scale: {...scaleOption, default: 30 as Scale},
};

/**
 * Label-distribution-aware margin (LDAM): AM-Softmax whose margin is larger for classes with fewer examples.
 *
 * ```math
 * L = −\log \frac{e^{f_y}}{∑_j e^{f_j}}, \qquad f_j = s·\cos θ_j \quad \text{for } j ≠ y, \qquad f_y = s·(\cos θ_y − m_y), \qquad
 * m_j = m_{\max} \left(\frac{\min_k n_k}{n_j}\right)^{1/4}
 * ```
 *
 * With equal counts it is {@link AMSoftmaxLoss} with the margin $`m_{\max}`$. What is said there about angles and norms applies
 * here too.
 *
 * Labels: one-hot rows or class ids. Output: the logits of `marginDense` or `marginLogits`, [batch, …, classes], one class per
 * count. Result: [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: TypeError if the logits carry no geometry, RangeError if they have another number of classes.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {ldam, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, normalizeKernel: true, inputShape: [8]})]});
 * model.compile({optimizer: 'sgd', loss: ldam({counts: [900, 90, 10]}), metrics: ['accuracy']});
 * ```
 *
 * @see Cao, Wei, Gaidon, Arechiga & Ma, "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss", NeurIPS 2019, eq. 13.
 */
export class LdamLoss extends FormulaLoss<LdamValues> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/LdamLoss';

  /** @throws RangeError if a count or `scale` is not > 0 or `maxMargin` is negative; TypeError if one is of the wrong type. */
  constructor(options: LdamOptions) {
    super('ldam', OPTIONS, options);
  }

  protected term({counts, maxMargin, scale}: LdamValues): Term {
    const fewest = Math.min(...counts);
    return {
      logits: cosine(scale),
      numbers: {margin: counts.map((count) => maxMargin * (fewest / count) ** 0.25)},
      margin: ({sub}, angle, number) => sub(angle.cosine, number('margin')),
    };
  }
}

/**
 * Label-distribution-aware margin: see {@link LdamLoss}.
 *
 * @param options - `counts`, one per class, `maxMargin` (default 0.5) and `scale` (default 30).
 */
export function ldam(options: LdamOptions): LdamLoss {
  return new LdamLoss(options);
}
