/** Random inputs for kernels: the sizes drawn by fast-check, the numbers made from a seed. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

/** How many vectors, and how long: odd sizes, one of each, and lengths around those of vectors and workgroups. */
export const sizes = fc.record({
  batch: fc.oneof(fc.constant(1), fc.integer({min: 1, max: 6})),
  classes: fc.oneof(
    fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 127, 128, 129, 255, 256, 257),
    fc.integer({min: 1, max: 260}),
  ),
  seed: fc.nat(),
});

/** A fixed sequence of numbers, uniform in [−1, 1). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A matrix of numbers in [−size, size), float32. */
export function randomMatrix(rows: number, columns: number, size: number, next: () => number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({length: rows * columns}, () => size * next()),
    [rows, columns],
  );
}

/** Class ids, int32; one in eight is none of the classes if there may be such. */
export function randomIds(
  batch: number,
  classes: number,
  next: () => number,
  anyInvalid = false,
): tf.Tensor1D {
  const ids = Int32Array.from({length: batch}, () => {
    const id = Math.min(classes - 1, Math.floor(((next() + 1) / 2) * classes));
    return anyInvalid && next() > 0.75 ? classes + id : id;
  });
  return tf.tensor1d(ids, 'int32');
}
