import {onesLike, type Tensor1D, type Tensor2D} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import {kernels} from './kernels/kernels.js';

/**
 * Euclidean norms along one axis of a matrix: of its columns (axis 0) or its rows (axis 1).
 *
 * ∂‖v‖/∂v = v/‖v‖, and 0 at v = 0, where tfjs's own norm has the gradient NaN. A vector of subnormal numbers counts as 0.
 */
export function vectorNorm(matrix: Tensor2D, axis: 0 | 1): Tensor1D {
  return analytic([matrix], () => {
    const [norms] = kernels.norms({matrix}, {axis});
    return {
      value: norms as Tensor1D,
      saved: [matrix, norms],
      gradients: (lengths, saved) =>
        kernels.withLengths({matrix: saved[0]!, norms: saved[1]!, lengths}, {axis}),
    };
  });
}

/** Every column scaled to norm 1; a column of zeros stays one and passes no gradient. */
export function unitColumns(matrix: Tensor2D): Tensor2D {
  return analytic([matrix], () => {
    const [norms] = kernels.norms({matrix}, {axis: 0});
    const [columns] = kernels.withLengths({matrix, norms, lengths: onesLike(norms)}, {axis: 0});
    return {
      value: columns as Tensor2D,
      saved: [columns, norms],
      gradients: (upstream, saved) =>
        kernels.unitColumnsGradient({upstream, columns: saved[0]!, norms: saved[1]!}),
    };
  });
}
