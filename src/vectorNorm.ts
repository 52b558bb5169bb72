import {
  abs,
  div,
  divNoNan,
  expandDims,
  less,
  max,
  mul,
  onesLike,
  sqrt,
  square,
  squeeze,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';

/** The smallest normal float32. The reciprocals of smaller numbers overflow, and graphics processors take them for 0. */
const SMALLEST_NORMAL = 2 ** -126;

/**
 * Euclidean norms along one axis of a matrix: of its columns (axis 0) or its rows (axis 1).
 *
 * ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes in float32.
 * ∂‖v‖/∂v = v/‖v‖ = (v/M)/√Σ(v_i/M)², and 0 at v = 0, where tfjs's own norm has the gradient NaN.
 * A vector of subnormal numbers counts as 0.
 */
export function vectorNorm(matrix: Tensor2D, axis: 0 | 1): Tensor1D {
  return analytic([matrix], () => {
    const largest = max<Tensor2D>(abs(matrix), axis, true);
    const isZero = less(largest, SMALLEST_NORMAL);
    const scaled = div(matrix, where(isZero, 1, largest));
    // Between 1 and the square root of the length of v, so it divides gradients without harm; 0 for v = 0 alone.
    const root = sqrt(sum<Tensor1D>(square(scaled), axis));
    return {
      value: mul<Tensor1D>(squeeze(largest, [axis]), root),
      saved: [scaled, root],
      gradients: (upstream, saved) => {
        const [vectors, norms] = saved as [Tensor2D, Tensor1D];
        return [mul(vectors, expandDims(divNoNan(upstream, norms), axis))];
      },
    };
  });
}

/** 1/norm, and 0 for a norm of 0. */
export function inverseNorm(norm: Tensor1D): Tensor1D {
  return divNoNan(onesLike(norm), norm) as Tensor1D;
}
