import {
  abs,
  argMax,
  cast,
  equal,
  expandDims,
  floor,
  greaterEqual,
  less,
  logicalAnd,
  max,
  range,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
  where,
} from '@tensorflow/tfjs-core';
import {reshaped} from './analytic.js';

/** What stands in the place of a class id where a label names no class. Labels themselves have the first as an id. */
export const UNLABELLED = -1;

/** An id that is none of the classes, or a row that is neither one-hot nor zero. */
export const INVALID = -2;

/** A row of labels that a loss takes for a distribution over the classes: any numbers whose sum is finite. */
export const SOFT = -3;

/** The two forms of labels: a row of numbers for the classes (one-hot, as a rule), or the id of the class. */
export type LabelForm = 'rows' | 'ids';

/** Which form labels have that fit logits [batch, classes], from the shape alone: losses never read data back. */
export function labelFormOf({shape}: TensorInfo): LabelForm {
  return shape.length === 2 ? 'rows' : 'ids';
}

/** The id of each label's class, or {@link UNLABELLED} or {@link INVALID}, int32, [batch]. Labels: rows [batch, classes], or ids [batch]. */
export function toClassIds(labels: Tensor, classes: number): Tensor1D {
  return labelFormOf(labels) === 'rows'
    ? idsOfRows(labels as Tensor2D)
    : checkedIds(labels as Tensor1D, classes);
}

function checkedIds(given: Tensor1D, classes: number): Tensor1D {
  const labels = cast(given, 'float32');
  const isInRange = logicalAnd(greaterEqual(labels, UNLABELLED), less(labels, classes));
  const isId = logicalAnd(isInRange, equal(labels, floor(labels)));
  return where(isId, cast(given, 'int32'), scalar(INVALID, 'int32') as Tensor) as Tensor1D;
}

function idsOfRows(labels: Tensor2D): Tensor1D {
  const rows = cast(labels, 'float32');
  const total = sum(abs(rows), 1);
  const isOneHot = logicalAnd(equal(max(rows, 1), 1), equal(total, 1));
  const ifNot = where(equal(total, 0), scalar(UNLABELLED, 'int32'), scalar(INVALID, 'int32'));
  return where(isOneHot, argMax(rows, 1), ifNot) as Tensor1D;
}

/** The mask of the classes that ids name, bool, [batch, classes]; nowhere in a row whose id is none. (tf.oneHot refuses a single class.) */
export function toMask(classIds: Tensor1D, classes: number): Tensor2D {
  return equal(expandDims(classIds, 1), range(0, classes, 1, 'int32'));
}

/** Labels as ids [batch] or rows [batch, classes], whatever the rank of the logits. */
export function flattenedLabels(labels: Tensor, form: LabelForm, classes: number): Tensor {
  const rank = form === 'rows' ? 2 : 1;
  return labels.rank === rank ? labels : reshaped(labels, form === 'rows' ? [-1, classes] : [-1]);
}
