import {
  abs,
  div,
  less,
  max,
  mul,
  sqrt,
  square,
  squeeze,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import {SMALLEST_NORMAL} from '../limits.js';

/**
 * The norms of the columns (axis 0) or rows (axis 1) of a matrix: ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square
 * overflows or vanishes in float32.
 */
export function normsOf(matrix: Tensor, axis: 0 | 1): Tensor {
  const largest = max(abs(matrix), axis, true);
  const scaled = div(matrix, where(less(largest, SMALLEST_NORMAL), 1, largest));
  const norms = mul(squeeze(largest, [axis]), sqrt(sum(square(scaled), axis)));
  return where(less(norms, SMALLEST_NORMAL), 0, norms);
}
