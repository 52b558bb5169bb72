import {
  any,
  divNoNan,
  equal,
  expandDims,
  maximum,
  minimum,
  onesLike,
  range,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  where,
} from '@tensorflow/tfjs-core';

/** Where the true classes are, bool, [batch, classes]; nowhere in a row whose id is none of the classes. */
export function maskOf(classIds: Tensor, classes: number): Tensor {
  return equal(expandDims(classIds, 1), range(0, classes, 1, 'int32'));
}

/** The score of each row at its true class, [batch]. */
export function atTrueClass(scores: Tensor, mask: Tensor, ifNone = Number.NaN): Tensor1D {
  return where(any(mask, 1), sum(where(mask, scores, 0), 1), ifNone) as Tensor1D;
}

/** Class ids that `gather` takes. */
export function clippedIds(classIds: Tensor, classes: number): Tensor1D {
  return minimum(maximum(classIds, scalar(0, 'int32')), scalar(classes - 1, 'int32'));
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norms: Tensor): Tensor {
  return divNoNan(onesLike(norms), norms);
}
