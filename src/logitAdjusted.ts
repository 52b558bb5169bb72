import {adjusted, type Term} from './formula/term.js';
import {FormulaLoss} from './loss/formulaLoss.js';
import {countsOption, numberOption} from './loss/options.js';

/** The options of {@link logitAdjusted}. */
export interface LogitAdjustedOptions {
  /** n_j: the number of training examples of each class, or anything proportional to it; numbers > 0. */
  readonly counts: readonly number[];
  /** τ: how strongly the frequencies of the classes are compensated, a number ≥ 0. @defaultValue 1 */
  readonly tau?: number | undefined;
}

interface LogitAdjustedValues {
  readonly counts: readonly number[];
  readonly tau: number;
}

const OPTIONS = {counts: countsOption, tau: numberOption(1, 'τ', {atLeast: 0})};

/**
 * Logit-adjusted cross-entropy, also known as balanced softmax, for classes with very different numbers of examples (a long tail).
 *
 * ```math
 * L = −\log \frac{e^{z_y + τ \log π_y}}{∑_j e^{z_j + τ \log π_j}}, \qquad π_j = \frac{n_j}{∑_k n_k}
 * ```
 *
 * During training a frequent class has a larger logit by this adjustment, so that the model need not learn it: predictions are
 * made by $`z_j`$ alone, and are those for classes of equal frequency. With τ = 1 the balanced error (the mean of the classes'
 * error rates) is least, if the probabilities are right. τ = 0, or equal counts, is {@link SoftmaxLoss}.
 *
 * Labels: one-hot rows or class ids. Output: logits [batch, …, classes], one class per count. Result: [batch, …], in nats, ≥ 0.
 *
 * @throws At a call: RangeError if the logits have another number of classes.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {logitAdjusted} from 'tfjs-losses';
 *
 * const loss = logitAdjusted({counts: [900, 90, 10]});
 * loss(tf.tensor1d([2], 'int32'), tf.tensor2d([[0, 0, 0]])).print(); // [4.6052]
 * ```
 *
 * @see Menon, Jayasumana, Rawat, Jain, Veit & Kumar, "Long-tail learning via logit adjustment", ICLR 2021, eq. 10; Ren et al.,
 * "Balanced Meta-Softmax for Long-Tailed Visual Recognition", NeurIPS 2020.
 */
export class LogitAdjustedLoss extends FormulaLoss<LogitAdjustedValues> {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/LogitAdjustedLoss';

  /** @throws RangeError if a count is not > 0 or `tau` is negative; TypeError if either is of the wrong type. */
  constructor(options: LogitAdjustedOptions) {
    super('logitAdjusted', OPTIONS, options);
  }

  protected term({counts, tau}: LogitAdjustedValues): Term {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return {
      logits: adjusted('offsets'),
      numbers: {offsets: counts.map((count) => tau * Math.log(count / total))},
    };
  }
}

/**
 * Logit-adjusted cross-entropy: see {@link LogitAdjustedLoss}.
 *
 * @param options - `counts`, one per class, and `tau` (default 1).
 */
export function logitAdjusted(options: LogitAdjustedOptions): LogitAdjustedLoss {
  return new LogitAdjustedLoss(options);
}
