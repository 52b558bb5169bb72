import {
  add,
  cast,
  gather,
  keep,
  range,
  reshape,
  Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {describe} from './checks.js';
import {invalidToNaN, type LabelForm, labelForm, toClassIds, toMask, toRows} from './labels.js';

/**
 * One batch as a loss sees it: labels and logits, checked and brought into one form, and whatever the terms of a
 * combination share. It lives as long as the call of the outermost loss.
 */
export class LossInputs {
  /** The labels as they were given: rows [batch, classes], or int32 class ids [batch] or [batch, 1]. */
  readonly labels: Tensor;
  /** The model's output, float32, shape [batch, classes]. */
  readonly logits: Tensor2D;
  /** Whether every term of the outermost loss trains directions only, and none the lengths of the weights. */
  readonly trainsAnglesOnly: boolean;
  readonly #form: LabelForm;
  readonly #shared = new Map<string, Tensor>();

  /**
   * @param owner - The name of the loss, for error messages.
   * @throws TypeError or RangeError if labels or output are not what a loss takes.
   */
  constructor(owner: string, labels: Tensor, output: Tensor, trainsAnglesOnly: boolean) {
    if (!(output instanceof Tensor)) {
      throw new TypeError(
        `${owner}: a loss is called with (labels, output), two tensors; the output is ${describe(output)}`,
      );
    }
    const expected = `${owner}: output must be float32 logits [batch, classes], got ${output.dtype} [${output.shape}]`;
    if (output.dtype !== 'float32') throw new TypeError(`${expected}; convert it with .toFloat()`);
    if (output.rank !== 2) {
      throw new RangeError(
        `${expected}; give the last layer of the model one unit a class and no activation`,
      );
    }
    this.logits = output as Tensor2D;
    this.labels = labels;
    this.trainsAnglesOnly = trainsAnglesOnly;
    this.#form = labelForm(owner, labels, this.batch, this.classes);
  }

  /** The number of examples. */
  get batch(): number {
    return this.logits.shape[0];
  }

  /** The number of classes. */
  get classes(): number {
    return this.logits.shape[1];
  }

  /** Class ids, int32, shape [batch]. */
  get classIds(): Tensor1D {
    return this.share('class ids', () => toClassIds(this.labels, this.#form, this.classes));
  }

  /** Labels as rows, float32, shape [batch, classes]: one-hot, or soft if they were given so. */
  get oneHot(): Tensor2D {
    return this.share('one-hot', () =>
      this.#form === 'rows'
        ? cast(this.labels as Tensor2D, 'float32')
        : toRows(this.labels, this.classIds, this.isTrueClass),
    );
  }

  /** The mask of the true classes, bool, shape [batch, classes]: exactly one a row. */
  get isTrueClass(): Tensor2D {
    return this.share('true class', () => toMask(this.classIds, this.classes));
  }

  /** The entry of each row of `scores` [batch, classes] at its true class, shape [batch]. */
  atTrueClass(scores: Tensor2D): Tensor1D {
    const index = this.share('index of the true class', () =>
      add(this.classIds, range(0, this.batch * this.classes, this.classes, 'int32')),
    );
    const entries = gather(reshape(scores, [-1]) as Tensor1D, index);
    return invalidToNaN(entries, this.labels, this.#form, this.classIds);
  }

  /**
   * `make()`, computed once however many terms of a combination ask for it under the same `key`. Begin the key with the
   * name of your loss: all terms share one set of keys. To be called outside of `tf.customGrad`: what is computed in
   * there has no gradient.
   */
  share<T extends Tensor>(key: string, make: () => T): T {
    const known = this.#shared.get(key);
    if (known !== undefined) return known as T;
    const made = keep(make());
    this.#shared.set(key, made);
    return made;
  }

  /**
   * Disposes of what the terms shared.
   *
   * @internal
   */
  dispose(): void {
    for (const tensor of this.#shared.values()) tensor.dispose();
  }
}
