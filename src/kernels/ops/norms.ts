import * as tf from '@tensorflow/tfjs-core';
import {SMALLEST_NORMAL} from '../limits.js';

/**
 * The norms of the columns (axis 0) or rows (axis 1) of a matrix: ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square
 * overflows or vanishes in float32.
 */
export function normsOf(matrix: tf.Tensor, axis: 0 | 1): tf.Tensor {
  const largest = tf.max(tf.abs(matrix), axis, true);
  const scaled = tf.div(matrix, tf.where(tf.less(largest, SMALLEST_NORMAL), 1, largest));
  const norms = tf.mul(tf.squeeze(largest, [axis]), tf.sqrt(tf.sum(tf.square(scaled), axis)));
  return tf.where(tf.less(norms, SMALLEST_NORMAL), 0, norms);
}
