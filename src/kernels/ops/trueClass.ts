import {
  any,
  argMax,
  divNoNan,
  equal,
  expandDims,
  gather,
  maximum,
  minimum,
  onesLike,
  range,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {isOneHot} from '../../labels.js';

/** Where the true classes are, bool, [batch, classes]; nowhere in a row whose id is none of the classes. */
export function maskOf(classIds: Tensor, classes: number): Tensor {
  return equal(expandDims(classIds, 1), range(0, classes, 1, 'int32'));
}

/** The score of each row at its true class, [batch]. */
export function atTrueClass(scores: Tensor, mask: Tensor, ifNone = Number.NaN): Tensor1D {
  return where(any(mask, 1), sum(where(mask, scores, 0), 1), ifNone) as Tensor1D;
}

/** The number of each row's true class, of one number a class. */
export function ofTrueClass(numbers: Tensor, classIds: Tensor): Tensor1D {
  const lastId = scalar(numbers.shape[0]! - 1, 'int32');
  return gather(numbers, minimum(maximum(classIds, scalar(0, 'int32')), lastId) as Tensor1D) as Tensor1D;
}

/** The id of the class of each one-hot row, and −1 for any other row. */
export function classIdsOf(rows: Tensor): Tensor1D {
  return where(isOneHot(rows as Tensor2D), argMax(rows, 1), scalar(-1, 'int32')) as Tensor1D;
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norms: Tensor): Tensor {
  return divNoNan(onesLike(norms), norms);
}
