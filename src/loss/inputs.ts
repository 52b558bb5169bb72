import {
  any,
  cast,
  equal,
  expandDims,
  isFinite as isFiniteTensor,
  keep,
  logicalAnd,
  maximum,
  notEqual,
  scalar,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {describe, tensorRemedy} from '../checks/checks.js';
import {type Geometry, geometryOf, lendGeometry} from '../head/geometry.js';
import {alias, analytic, reshaped, sameData} from '../tensors/analytic.js';
import {flattenedLabels, type LabelForm, toClassIds, UNLABELLED} from '../tensors/labels.js';
import {checkedLabelForm} from './checkedLabels.js';
import {trueClassMask} from './trueClass.js';

/**
 * One batch as a loss sees it: labels and logits, checked and brought into one form, and whatever the terms of a
 * combination share. It lives as long as the call of the outermost loss. Logits of a higher rank, such as
 * [batch, time, classes], are seen as [examples, classes], with one example for each of their rows.
 */
export interface LossInputs {
  /** The labels: rows [batch, classes], or class ids [batch]; float32 or int32. */
  readonly labels: Tensor;
  /** The logits, float32, [batch, classes]. No gradient goes back from an example that has no class. */
  readonly logits: Tensor2D;
  /** The number of examples. */
  readonly batch: number;
  /** The number of classes. */
  readonly classes: number;
  /**
   * The number of training steps completed, as the logits have it; 0 if they do not come from `marginDense` or `marginLogits`. A loss
   * that reads it has a schedule, so that the batch counts as a step of the layer.
   */
  readonly step: number;
  /**
   * Class ids, int32, [batch]; 0 for an example without a class, whose loss does not count. On graphics processors of half precision tensors
   * hold integers up to 2,048 only: with more classes use `oneHot`, `isTrueClass` or `atTrueClass`.
   */
  readonly classIds: Tensor1D;
  /** Labels as rows, float32, [batch, classes]: one-hot, or soft if they were given so; zeros for an example without a class. */
  readonly oneHot: Tensor2D;
  /** The mask of the true classes, bool, [batch, classes]: once in the row of an example that has a class. */
  readonly isTrueClass: Tensor2D;
  /** The entry of each row of a matrix [batch, classes] at its true class, [batch]; 0 for an example without a class. */
  readonly atTrueClass: (matrix: Tensor2D) => Tensor1D;
  /**
   * `make()`, computed once however many terms of a combination ask for it under the same `key`. Begin the key with the
   * name of your loss: all terms share one set of keys. To be called outside of `tf.customGrad`: what is computed in
   * there has no gradient.
   */
  readonly share: <T extends Tensor>(key: string, make: () => T) => T;
  /**
   * The logits with the gradient of every example. Terms themselves leave out those without a class.
   *
   * @internal
   */
  readonly allLogits: Tensor2D;
  /** @internal */
  readonly geometry: Geometry | undefined;
  /**
   * The losses of a loss that computes itself: 0 where there is no label, NaN where a label names no class, and no gradient from
   * either.
   *
   * @param areHard - Whether labels have to name one class, as other terms of the same combination may want it.
   * @internal
   */
  readonly withoutUnlabelled: (losses: Tensor1D, areHard?: boolean) => Tensor1D;
}

/** Those of one call of a loss. */
export class BatchInputs implements LossInputs {
  readonly labels: Tensor;
  readonly allLogits: Tensor2D;
  readonly geometry: Geometry | undefined;
  readonly #form: LabelForm;
  readonly #shared = new Map<string, Tensor>();

  /**
   * @param owner - The name of the loss, for error messages.
   * @throws TypeError or RangeError if labels or output are not what a loss takes.
   */
  constructor(owner: string, labels: Tensor, output: Tensor) {
    checkOutput(owner, output);
    this.#form = checkedLabelForm(owner, labels, output.shape);
    this.geometry = geometryOf(output);
    const classes = output.shape.at(-1)!;
    this.allLogits = (output.rank === 2 ? output : reshaped(output, [-1, classes])) as Tensor2D;
    this.labels = flattenedLabels(labels, this.#form, classes);
  }

  get batch(): number {
    return this.allLogits.shape[0];
  }

  get classes(): number {
    return this.allLogits.shape[1];
  }

  get step(): number {
    this.geometry?.onStepRead?.();
    return this.geometry?.step ?? 0;
  }

  get logits(): Tensor2D {
    return this.share('logits', () => {
      const counts = this.#counts;
      const logits = analytic([this.allLogits], () => ({
        value: sameData(this.allLogits),
        saved: [counts],
        gradients: (upstream, saved) => [where(expandDims(saved[0]!, 1), upstream, 0)],
      }));
      if (this.geometry) lendGeometry(logits, this.geometry);
      return logits;
    });
  }

  get classIds(): Tensor1D {
    return this.share('class ids', () => maximum(this.#idsOrCodes, scalar(0, 'int32')));
  }

  get oneHot(): Tensor2D {
    return this.share('one-hot', () =>
      cast(this.#form === 'rows' ? (this.labels as Tensor2D) : this.isTrueClass, 'float32'),
    );
  }

  get isTrueClass(): Tensor2D {
    return this.share('true class', () => trueClassMask(this.labels, this.allLogits.shape));
  }

  readonly atTrueClass = (matrix: Tensor2D): Tensor1D => {
    const pick = () => this.#pickTrueClass(matrix);
    return matrix === this.logits ? this.share('true logit', pick) : pick();
  };

  readonly share = <T extends Tensor>(key: string, make: () => T): T => {
    const known = this.#shared.get(key);
    if (known !== undefined) return known as T;
    const made = make();
    // What is shared is disposed of in the end, so it must not be a tensor that somebody else goes on using.
    const isTaken = made === this.labels || [...this.#shared.values()].includes(made);
    const own = keep(isTaken ? alias(made) : made);
    this.#shared.set(key, own);
    return own;
  };

  readonly withoutUnlabelled = (losses: Tensor1D, areHard = false): Tensor1D => {
    const counts = areHard ? this.#hasClass : this.#counts;
    const instead = where(equal(this.#idsOrCodes, UNLABELLED), 0, Number.NaN);
    return analytic([losses], () => ({
      value: where(counts, losses, instead) as Tensor1D,
      saved: [counts],
      gradients: (upstream, saved) => [where(saved[0]!, upstream, 0)],
    }));
  };

  /** Disposes of what the terms shared. */
  dispose(): void {
    for (const tensor of this.#shared.values()) tensor.dispose();
  }

  get #idsOrCodes(): Tensor1D {
    return this.share('class ids or codes', () => toClassIds(this.labels, this.classes));
  }

  /** Whether the label of an example names a class, bool, [batch]. */
  get #hasClass(): Tensor1D {
    return this.share('has class', () => any(this.isTrueClass, 1));
  }

  /** The same, or whether it is any row of numbers but zeros: a loss may take distributions. */
  get #counts(): Tensor1D {
    if (this.#form === 'ids') return this.#hasClass;
    return this.share('counts', () =>
      logicalAnd(notEqual(this.#idsOrCodes, UNLABELLED), isFiniteTensor(sum(this.oneHot, 1))),
    );
  }

  #pickTrueClass(matrix: Tensor2D): Tensor1D {
    const {isTrueClass} = this;
    return analytic([matrix], () => ({
      value: sum<Tensor1D>(where(isTrueClass, matrix, 0), 1),
      saved: [isTrueClass],
      gradients: (upstream, saved) => [where(saved[0]!, expandDims(upstream, 1), 0)],
    }));
  }
}

function checkOutput(owner: string, output: Tensor): void {
  if (!(output instanceof Tensor)) {
    throw new TypeError(
      `${owner}: a loss is called with (labels, output), two tensors; ` +
        `the output is ${describe(output)}${tensorRemedy(output)}`,
    );
  }
  if (output.dtype === 'float32' && output.rank >= 2) return;
  const expected =
    `${owner}: the output, the second argument, must be float32 logits [batch, …, classes], ` +
    `got ${output.dtype} [${output.shape}]`;
  if (output.dtype !== 'float32')
    throw new TypeError(`${expected}; convert it with tf.cast(output, 'float32')`);
  throw new RangeError(`${expected}; one example is a batch of one: tf.reshape(output, [1, -1])`);
}
