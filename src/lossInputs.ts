import type {Tensor, Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/**
 * One batch as a loss sees it: labels and logits, checked and brought into one form, and whatever the terms of a
 * combination share. It lives as long as the call of the outermost loss.
 */
export interface LossInputs {
  /** The labels as they were given: rows [batch, classes], or int32 class ids [batch] or [batch, 1]. */
  readonly labels: Tensor;
  /** The model's output, float32, shape [batch, classes]. */
  readonly logits: Tensor2D;
  /**
   * Whether no loss of these logits trains the lengths of the weights.
   *
   * @internal
   */
  readonly trainsAnglesOnly: boolean;
  /** The number of examples. */
  readonly batch: number;
  /** The number of classes. */
  readonly classes: number;
  /** Class ids, int32, shape [batch]. */
  readonly classIds: Tensor1D;
  /** Labels as rows, float32, shape [batch, classes]: one-hot, or soft if they were given so. */
  readonly oneHot: Tensor2D;
  /** The mask of the true classes, bool, shape [batch, classes]: exactly one a row. */
  readonly isTrueClass: Tensor2D;

  /**
   * The entry of each row of `scores` [batch, classes] at its true class, shape [batch]; NaN where the label names no
   * class: an id out of range, or a row that is not one-hot.
   */
  readonly atTrueClass: (scores: Tensor2D) => Tensor1D;

  /**
   * `make()`, computed once however many terms of a combination ask for it under the same `key`. Begin the key with the
   * name of your loss: all terms share one set of keys. To be called outside of `tf.customGrad`: what is computed in
   * there has no gradient.
   */
  readonly share: <T extends Tensor>(key: string, make: () => T) => T;
}
