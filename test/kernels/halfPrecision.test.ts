/** Class ids are exact where numbers are not: on webgl with textures of half precision, which hold integers up to 2,048 only. */

import * as tf from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {arcface, Loss, type LossInputs, marginLogits, softmax} from '../../src/index.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const home = tf.getBackend();
const HALF = 'webgl-half';

// As WEBGL_FORCE_F16_TEXTURES makes them, if it is set before the backend starts.
const flags = {
  WEBGL_FORCE_F16_TEXTURES: true,
  WEBGL_RENDER_FLOAT32_ENABLED: false,
  WEBGL_SIZE_UPLOAD_UNIFORM: 0,
};
const before = home === 'webgl' ? Object.keys(flags).map((name) => [name, tf.env().get(name)] as const) : [];

beforeAll(async () => {
  if (home !== 'webgl') return;
  const {MathBackendWebGL} = await import('@tensorflow/tfjs-backend-webgl');
  tf.copyRegisteredKernels('webgl', HALF);
  for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
  tf.registerBackend(HALF, () => new MathBackendWebGL());
  await tf.setBackend(HALF);
});

afterAll(async () => {
  if (home !== 'webgl') return;
  await tf.setBackend(home);
  tf.removeBackend(HALF);
  for (const [name, value] of before) tf.env().set(name, value!);
});

const classes = 3000;
const ids = [2049, 0, 2047, 2048, 2050, 2999, 1023, 1025];

const labelForms: Record<string, () => tf.Tensor> = {
  'ids, int32': () => tf.tensor1d(ids, 'int32'),
  'ids, float32': () => tf.tensor1d(ids),
  'a column of ids': () => tf.tensor2d(ids, [ids.length, 1], 'int32'),
  'one-hot rows': () =>
    tf.tensor2d(ids.map((id) => Array.from({length: classes}, (_, j) => Number(j === id)))),
};

it('knows fewer integers than there are ids, on webgl', async () => {
  const read = await tf.add(tf.tensor1d([2049]), 0).array();
  expect(read).toEqual(home === 'webgl' ? [2048] : [2049]);
});

/** −z_y, by ops. */
class OwnLoss extends Loss {
  constructor() {
    super('own');
  }

  compute({logits, atTrueClass}: LossInputs): tf.Tensor1D {
    return tf.neg(atTrueClass(logits));
  }

  getConfig() {
    return {name: this.name};
  }
}

it.each(Object.keys(labelForms))('the gradient is of the true class, with labels: %s', async (form) => {
  for (const loss of [softmax(), new OwnLoss()]) {
    const labels = labelForms[form]!();
    const gradient = tf.grad((logits: tf.Tensor) => loss(labels, logits))(tf.zeros([ids.length, classes]));
    expect(await smallestPlaces(gradient)).toEqual(ids);
  }
});

it('the gradient of the kernel is of the true classes, by way of angles', async () => {
  const features = tf.tensor2d(ids.map((_, i) => [1, i / 8, -1]));
  const kernel = tf.tensor2d(
    Array.from({length: 3 * classes}, (_, i) => 0.5 + (i % 7) / 7),
    [3, classes],
  );
  const loss = arcface({scale: 4});
  const gradient = tf.grad((w: tf.Tensor) =>
    loss(tf.tensor1d(ids), marginLogits(features, w as tf.Tensor2D)),
  )(kernel);
  // Those of true classes have a mean of their own, far above that of all the others.
  const sizes = (await tf.sum(tf.abs(gradient), 0).array()) as number[];
  const largest = sizes.map((size, j) => [size, j] as const).sort(([a], [b]) => b - a);
  expect(
    largest
      .slice(0, ids.length)
      .map(([, j]) => j)
      .sort(),
  ).toEqual([...ids].sort());
});

/** Where the smallest number of each row is, found on the host. */
async function smallestPlaces(matrix: tf.Tensor): Promise<number[]> {
  const rows = (await matrix.array()) as number[][];
  return rows.map((row) => row.indexOf(Math.min(...row)));
}
