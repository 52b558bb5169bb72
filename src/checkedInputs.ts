import {
  cast,
  expandDims,
  keep,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {alias, analytic} from './analytic.js';
import {describe} from './checks.js';
import {checkedLabelForm, isInRange, isOneHot, type LabelForm, toClassIds, toMask, toRows} from './labels.js';
import type {LossInputs} from './lossInputs.js';
import {geometryOf} from './marginLogits.js';

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
    const geometry = geometryOf(output);
    if (geometry && !trainsAnglesOnly) geometry.areLengthsTrained = true;
    this.trainsAnglesOnly = geometry ? !geometry.areLengthsTrained : trainsAnglesOnly;
    this.#form = checkedLabelForm(owner, labels, this.batch, this.classes);
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
        : toRows(this.isValid, this.isTrueClass),
    );
  }

  get isTrueClass(): Tensor2D {
    return this.share('true class', () => toMask(this.classIds, this.classes));
  }

  /** Whether the label of each example names one class, bool, shape [batch]. */
  private get isValid(): Tensor1D {
    return this.share('valid labels', () =>
      this.#form === 'rows' ? isOneHot(this.labels as Tensor2D) : isInRange(this.labels, this.classIds),
    );
  }

  readonly atTrueClass = (scores: Tensor2D): Tensor1D => {
    const pick = () => this.#pickTrueClass(scores);
    return scores === this.logits ? this.share('true logit', pick) : pick();
  };

  #pickTrueClass(scores: Tensor2D): Tensor1D {
    const {isTrueClass, isValid} = this;
    return analytic([scores], () => ({
      value: where(isValid, sum<Tensor1D>(where(isTrueClass, scores, 0), 1), Number.NaN) as Tensor1D,
      saved: [isTrueClass],
      gradients: (upstream, saved) => [where(saved[0]!, expandDims(upstream, 1), 0)],
    }));
  }

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

  /** Disposes of what the terms shared. */
  dispose(): void {
    for (const tensor of this.#shared.values()) tensor.dispose();
  }
}
