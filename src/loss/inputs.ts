import {
  cast,
  equal,
  expandDims,
  greaterEqual,
  keep,
  logicalNot,
  maximum,
  scalar,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {describe} from '../checks/checks.js';
import {type Geometry, geometryOf} from '../head/geometry.js';
import {alias, analytic, reshaped} from '../tensors/analytic.js';
import {flattenedLabels, type LabelForm, toClassIds, toMask, UNLABELLED} from '../tensors/labels.js';
import {checkedLabelForm} from './checkedLabels.js';

/**
 * One batch as a loss sees it: labels and logits, checked and brought into one form, and whatever the terms of a
 * combination share. It lives as long as the call of the outermost loss. Logits of a higher rank, such as
 * [batch, time, classes], are seen as [examples, classes], with one example for each of their rows.
 */
export class LossInputs {
  /** The labels: rows [batch, classes], or class ids [batch]; float32 or int32. */
  readonly labels: Tensor;
  /** The logits, float32, [batch, classes]. */
  readonly logits: Tensor2D;
  /** @internal */
  readonly form: LabelForm;
  /** @internal */
  readonly geometry: Geometry | undefined;
  readonly #shared = new Map<string, Tensor>();

  /**
   * @param owner - The name of the loss, for error messages.
   * @throws TypeError or RangeError if labels or output are not what a loss takes.
   * @internal
   */
  constructor(owner: string, labels: Tensor, output: Tensor) {
    checkOutput(owner, output);
    this.form = checkedLabelForm(owner, labels, output.shape);
    this.geometry = geometryOf(output);
    const classes = output.shape.at(-1)!;
    this.logits = (output.rank === 2 ? output : reshaped(output, [-1, classes])) as Tensor2D;
    this.labels = flattenedLabels(labels, this.form, classes);
  }

  /** The number of examples. */
  get batch(): number {
    return this.logits.shape[0];
  }

  /** The number of classes. */
  get classes(): number {
    return this.logits.shape[1];
  }

  /** The number of training steps completed, as the logits have it; 0 if they do not come from `marginDense` or `marginLogits`. */
  get step(): number {
    return this.geometry?.step ?? 0;
  }

  /** Class ids, int32, [batch]; 0 for an example without a class, whose loss does not count. */
  get classIds(): Tensor1D {
    return this.share('class ids', () => maximum(this.#idsOrCodes, scalar(0, 'int32')));
  }

  /** Labels as rows, float32, [batch, classes]: one-hot, or soft if they were given so; zeros for an example without a class. */
  get oneHot(): Tensor2D {
    return this.share('one-hot', () =>
      cast(this.form === 'rows' ? (this.labels as Tensor2D) : this.isTrueClass, 'float32'),
    );
  }

  /** The mask of the true classes, bool, [batch, classes]: once in the row of an example that has a class. */
  get isTrueClass(): Tensor2D {
    return this.share('true class', () => toMask(this.#idsOrCodes, this.classes));
  }

  get #idsOrCodes(): Tensor1D {
    return this.share('class ids or codes', () => toClassIds(this.labels, this.classes));
  }

  /** The entry of each row of a matrix [batch, classes] at its true class, [batch]; 0 for an example without a class. */
  readonly atTrueClass = (matrix: Tensor2D): Tensor1D => {
    const pick = () => this.#pickTrueClass(matrix);
    return matrix === this.logits ? this.share('true logit', pick) : pick();
  };

  #pickTrueClass(matrix: Tensor2D): Tensor1D {
    const {isTrueClass} = this;
    return analytic([matrix], () => ({
      value: sum<Tensor1D>(where(isTrueClass, matrix, 0), 1),
      saved: [isTrueClass],
      gradients: (upstream, saved) => [where(saved[0]!, expandDims(upstream, 1), 0)],
    }));
  }

  /**
   * `make()`, computed once however many terms of a combination ask for it under the same `key`. Begin the key with the
   * name of your loss: all terms share one set of keys. To be called outside of `tf.customGrad`: what is computed in
   * there has no gradient.
   */
  readonly share = <T extends Tensor>(key: string, make: () => T): T => {
    const known = this.#shared.get(key);
    if (known !== undefined) return known as T;
    const made = make();
    // What is shared is disposed of in the end, so it must not be a tensor that somebody else goes on using.
    const isTaken = made === this.labels || made === this.logits || [...this.#shared.values()].includes(made);
    const own = keep(isTaken ? alias(made) : made);
    this.#shared.set(key, own);
    return own;
  };

  /**
   * The losses of these examples without those that have no class: 0 where there is no label, NaN where an id is none of the
   * classes, and no gradient from either. For losses that compute themselves.
   *
   * @internal
   */
  withoutUnlabelled(losses: Tensor1D): Tensor1D {
    const codes = this.#idsOrCodes;
    // Rows that are not one-hot are for the loss to judge: it may take distributions.
    const isUnlabelled = equal(codes, UNLABELLED);
    const counts = this.form === 'rows' ? logicalNot(isUnlabelled) : greaterEqual(codes, 0);
    return analytic([losses], () => ({
      value: where(counts, losses, where(isUnlabelled, 0, Number.NaN)) as Tensor1D,
      saved: [counts],
      gradients: (upstream, saved) => [where(saved[0]!, upstream, 0)],
    }));
  }

  /** Disposes of what the terms shared. */
  dispose(): void {
    for (const tensor of this.#shared.values()) tensor.dispose();
  }
}

function checkOutput(owner: string, output: Tensor): void {
  if (!(output instanceof Tensor)) {
    throw new TypeError(
      `${owner}: a loss is called with (labels, output), two tensors; the output is ${describe(output)}`,
    );
  }
  if (output.dtype === 'float32' && output.rank >= 2) return;
  const expected = `${owner}: output must be float32 logits [batch, …, classes], got ${output.dtype} [${output.shape}]`;
  if (output.dtype !== 'float32') throw new TypeError(`${expected}; convert it with .toFloat()`);
  throw new RangeError(
    `${expected}; add the axis that is missing, such as with .expandDims(0) for one example`,
  );
}
