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
import type {LossInputs} from './lossInputs.js';

/** The inputs of a loss, checked and computed from labels and output. Whoever makes one disposes of it. */
export class CheckedInputs implements LossInputs {
  readonly labels: Tensor;
  readonly logits: Tensor2D;
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

  get batch(): number {
    return this.logits.shape[0];
  }

  get classes(): number {
    return this.logits.shape[1];
  }

  get classIds(): Tensor1D {
    return this.share('class ids', () => toClassIds(this.labels, this.#form, this.classes));
  }

  get oneHot(): Tensor2D {
    return this.share('one-hot', () =>
      this.#form === 'rows'
        ? cast(this.labels as Tensor2D, 'float32')
        : toRows(this.labels, this.classIds, this.isTrueClass),
    );
  }

  get isTrueClass(): Tensor2D {
    return this.share('true class', () => toMask(this.classIds, this.classes));
  }

  atTrueClass(scores: Tensor2D): Tensor1D {
    const index = this.share('index of the true class', () =>
      add(this.classIds, range(0, this.batch * this.classes, this.classes, 'int32')),
    );
    const entries = gather(reshape(scores, [-1]) as Tensor1D, index);
    return invalidToNaN(entries, this.labels, this.#form, this.classIds);
  }

  share<T extends Tensor>(key: string, make: () => T): T {
    const known = this.#shared.get(key);
    if (known !== undefined) return known as T;
    const made = keep(make());
    this.#shared.set(key, made);
    return made;
  }

  /** Disposes of what the terms shared. */
  dispose(): void {
    for (const tensor of this.#shared.values()) tensor.dispose();
  }
}
