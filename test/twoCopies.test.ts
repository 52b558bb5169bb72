/** Two copies of the package in one program: an ESM and a CJS one, say, or one that another package brought along. */

import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import * as ours from '../src/index.js';
import {
  asoftmax,
  combined,
  HingeLoss,
  hinge,
  type Loss,
  lsoftmax,
  marginLogits,
  softmax,
} from '../src/index.js';
import {kernelCounts} from './support/kernelCounts.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

vi.resetModules();
const other: typeof ours = await import('../src/index.js');

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
  expect(Object.getPrototypeOf(other.HingeLoss.prototype)).not.toBe(
    Object.getPrototypeOf(HingeLoss.prototype),
  );
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

describe('instanceof', () => {
  const options: Partial<Record<string, object>> = {ldam: {counts: [1, 2]}, logitAdjusted: {counts: [1, 2]}};
  type Losses = Record<string, (options: object) => Loss>;
  const names = Object.entries(ours)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof ours.Loss)
    .map(([name]) => name);
  const classesOf = (copy: object) => {
    const byName = copy as Readonly<Record<string, unknown>>;
    return [...names, 'Loss', 'MarginDense'].map((name) => byName[name] as typeof HingeLoss);
  };

  it('is true across copies for the classes that it is true for within one, and no other', () => {
    const instances = (copy: typeof ours) => [
      ...['hinge', 'softmax', 'lsoftmax', 'arcface', 'ldam', 'logitAdjusted'].map((name) =>
        (copy as unknown as Losses)[name]!(options[name] ?? {}),
      ),
      copy.combined([[1, copy.hinge()]]),
      copy.marginDense({units: 2}),
      'text',
      {},
      Object.create(null),
      Object.create(Object.create(null)),
      () => 1,
      null,
      undefined,
      1,
    ];
    const table = (classes: typeof ours, values: typeof ours) =>
      instances(values).map((value) => classesOf(classes).map((one) => (value as unknown) instanceof one));
    const expected = table(ours, ours);
    expect(expected.flat().filter(Boolean).length).toBeGreaterThan(14);
    expect(table(ours, other)).toEqual(expected);
    expect(table(other, ours)).toEqual(expected);
  });

  it('knows every class by its name', () => {
    const shared = classesOf(ours).map((one) =>
      Object.hasOwn(one, 'sharedName') ? one.sharedName : one.name,
    );
    expect(shared).toEqual([...names, 'Loss', 'MarginDense'].map((name) => `tfjs-losses/${name}`));
  });

  it('of a class of the user’s own is true for its own instances only', () => {
    class Mine extends HingeLoss {}
    expect(new Mine() instanceof other.HingeLoss).toBe(true);
    expect(new Mine() instanceof Mine).toBe(true);
    expect(other.hinge() instanceof Mine).toBe(false);
  });
});
