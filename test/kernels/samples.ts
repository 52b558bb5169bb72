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

/** Vectors of numbers between 0.5 and 2 of either sign, a row each, so that none is short; but one in eight is 0. */
export function randomLengths(rows: number, columns: number, next: () => number): tf.Tensor2D {
  const vectors = Array.from({length: rows}, () => {
    const isZero = next() > 0.75;
    return Array.from({length: columns}, () => {
      const number = next();
      return isZero ? 0 : Math.sign(number) * (0.5 + 1.5 * Math.abs(number));
    });
  });
  return tf.tensor2d(vectors, [rows, columns]);
}

type MakeLabels = (batch: number, classes: number, next: () => number) => tf.Tensor;

const upTo = (classes: number, next: () => number) =>
  Math.min(classes - 1, Math.floor(((next() + 1) / 2) * classes));

const ids =
  (dtype: 'float32' | 'int32', others: readonly number[] = []): MakeLabels =>
  (batch, classes, next) => {
    const values = Array.from({length: batch}, () => {
      const id = upTo(classes, next);
      const other = others[upTo(others.length, next)]!;
      return others.length > 0 && next() > 0 ? (other >= 100 ? classes + other - 100 : other) : id;
    });
    return tf.tensor1d(values, dtype);
  };

/** Rows of `ones` ones in random places; one in four of them is another number, and one row in eight is all zeros. */
const rows =
  (dtype: 'float32' | 'int32', ones: number): MakeLabels =>
  (batch, classes, next) => {
    const all = Array.from({length: batch}, () => {
      const row = new Array<number>(classes).fill(0);
      if (next() > 0.75) return row;
      for (let i = 0; i < (next() > 0.5 ? ones : 1); i++) {
        row[upTo(classes, next)]! += ones > 1 && next() > 0.5 ? -1 : 1;
      }
      return row;
    });
    return tf.tensor2d(all, [batch, classes], dtype);
  };

const distributions =
  (dtype: 'float32' | 'int32'): MakeLabels =>
  (batch, classes, next) =>
    tf.tidy(() => tf.cast(tf.abs(randomMatrix(batch, classes, 2, next)), dtype));

/** Labels of every form, with some that are none. */
export const labelForms: Readonly<Record<string, MakeLabels>> = {
  ids: ids('int32'),
  'ids, float32': ids('float32'),
  // −1 is no label; −2, C, C + 1 and fractions name no class.
  'ids, some of none': ids('int32', [-1, -2, 100, 101]),
  'ids, some of none, float32': ids('float32', [
    -1,
    -2,
    100,
    101,
    0.5,
    -0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e10,
  ]),
  'one-hot': rows('float32', 1),
  'one-hot, int32': rows('int32', 1),
  'almost one-hot': rows('float32', 2),
  'almost one-hot, int32': rows('int32', 2),
  distributions: distributions('float32'),
  'distributions, int32': distributions('int32'),
};
