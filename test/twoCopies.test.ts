/** Two copies of the package in one program: an ESM and a CJS one, say, or one that another package brought along. */

import * as tf from '@tensorflow/tfjs-core';
import {expect, it, vi} from 'vitest';
import {asoftmax, combined, hinge, lsoftmax, marginLogits, softmax} from '../src/index.js';
import {kernelCounts} from './support/kernelCounts.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

vi.resetModules();
const other = await import('../src/index.js');

const labels = tf.tensor1d([0, 2, 1, 0], 'int32');
const features = tf.tensor2d([
  [1, 2, -1],
  [0.5, -1, 2],
  [-2, 0, 1],
  [1, 1, 1],
]);
const logits = marginLogits(
  features,
  tf.tensor2d([
    [1, -1, 2],
    [0.5, 1, 0],
    [-1, 3, 1],
  ]),
  {bias: tf.tensor1d([1, 2, 3])},
);
const pure = combined([
  [0.5, hinge()],
  [1, lsoftmax({m: 4})],
  [1, asoftmax({m: 4})],
  [1, lsoftmax({m: 2})],
]);

it('are two', () => {
  expect(other.hinge).not.toBe(hinge);
  expect(other.hinge() instanceof hinge().constructor).toBe(false);
});

it('understand the logits of each other', async () => {
  for (const name of ['lsoftmax', 'asoftmax'] as const) {
    const options = {m: 3, lambda: 0.5};
    const own = {lsoftmax, asoftmax}[name](options)(labels, logits);
    expect(await other[name](options)(labels, logits).array()).toEqual(await own.array());
  }
});

it('take the losses of each other as terms, and share their work', async () => {
  const mixed = combined([
    [0.5, hinge()],
    [1, other.lsoftmax({m: 4})],
    [1, other.asoftmax({m: 4})],
    [1, lsoftmax({m: 2})],
  ]);
  const expected = await pure(labels, logits).array();
  expect(await mixed(labels, logits).array()).toEqual(expected);
  const kernels = await kernelCounts(() => mixed(labels, logits));
  expect(kernels).toEqual(await kernelCounts(() => pure(labels, logits)));
  expect(String(mixed)).toBe(String(pure));
  expect(mixed.getConfig()).toEqual(pure.getConfig());
});

it('write out a combination of each other as one of their own', () => {
  const inner = other.combined([[2, softmax()]]);
  expect(
    String(
      combined([
        [1, hinge()],
        [3, inner],
      ]),
    ),
  ).toBe('1·hinge(Δ=1) + 3·(2·softmax)');
});
