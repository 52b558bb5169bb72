import {
  abs,
  argMax,
  cast,
  equal,
  expandDims,
  logicalAnd,
  max,
  maximum,
  minimum,
  range,
  reshape,
  scalar,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
  where,
} from '@tensorflow/tfjs-core';
import {describe} from './checks.js';

/** The two forms of labels: a row a class distribution (one-hot, as a rule), or the id of the class. */
export type LabelForm = 'rows' | 'ids';

/** Which form labels have that fit the logits, from the shape alone: losses never read data back. */
export function labelFormOf({shape}: TensorInfo, classes: number): LabelForm {
  return shape.length === 2 && shape[1] === classes ? 'rows' : 'ids';
}

/**
 * The same for labels that may be anything.
 *
 * @throws TypeError or RangeError if they fit the logits in neither form.
 */
export function checkedLabelForm(owner: string, labels: Tensor, batch: number, classes: number): LabelForm {
  if (!(labels instanceof Tensor)) {
    throw new TypeError(
      `${owner}: labels must be a tensor, got ${describe(labels)}; wrap them in tf.tensor()`,
    );
  }
  const {shape, rank, dtype} = labels;
  const areRows = labelFormOf(labels, classes) === 'rows';
  const areIds = !areRows && (rank === 1 || (rank === 2 && shape[1] === 1));
  if (shape[0] !== batch || (!areRows && !areIds)) {
    throw new RangeError(
      `${owner}: for logits [${batch},${classes}] labels must be one-hot [${batch},${classes}] ` +
        `or class ids [${batch}] or [${batch},1], got [${shape}]`,
    );
  }
  if (areRows && dtype !== 'float32' && dtype !== 'int32') {
    throw new TypeError(
      `${owner}: one-hot labels must be float32 or int32, got ${dtype}; convert them with .toFloat()`,
    );
  }
  if (!areRows && dtype !== 'int32') {
    throw new TypeError(
      `${owner}: class ids [${shape}] must be int32, got ${dtype}; convert them with .toInt(). ` +
        `Soft labels must have the shape of the logits, [${batch},${classes}], and only softmax takes them`,
    );
  }
  return labelFormOf(labels, classes);
}

/** Class ids, shape [batch], int32, each brought into 0 … classes − 1; of a row, the id of its largest entry. */
export function toClassIds(labels: Tensor, form: LabelForm, classes: number): Tensor1D {
  if (form === 'rows') return argMax(labels, 1);
  const ids = reshape(labels, [-1]) as Tensor1D;
  return minimum(maximum(ids, scalar(0, 'int32')), scalar(classes - 1, 'int32'));
}

/** The mask of the classes `classIds` names, bool, shape [batch, classes]. (tf.oneHot refuses a single class.) */
export function toMask(classIds: Tensor1D, classes: number): Tensor2D {
  return equal(expandDims(classIds, 1), range(0, classes, 1, 'int32'));
}

/** One-hot rows, shape [batch, classes], float32; NaN throughout for an id that is none of the classes. */
export function toRows(isValid: Tensor1D, mask: Tensor2D): Tensor2D {
  return where(expandDims(isValid, 1), cast(mask, 'float32'), Number.NaN);
}

/** Which class ids are ids of classes, before {@link toClassIds} made them so, shape [batch]. */
export function isInRange(labels: Tensor, classIds: Tensor1D): Tensor1D {
  return equal(reshape(labels, [-1]), classIds) as Tensor1D;
}

/** Which rows have a single 1 and else zeros, shape [batch]. */
export function isOneHot(rows: Tensor2D): Tensor1D {
  const values = cast(rows, 'float32');
  return logicalAnd(equal(max(values, 1), 1), equal(sum(abs(values), 1), 1)) as Tensor1D;
}
