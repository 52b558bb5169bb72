/** Serving without this package: a plain dense layer in place of marginDense. */

import * as tf from '@tensorflow/tfjs-core';
import {layers, model as makeModel, type SymbolicTensor, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {type MarginDense, marginDense, toDense} from '../../src/index.js';
import {errorOf, wrong} from '../errors/rejects.js';
import {expectClose, type Nested} from '../support/expectClose.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

describe.each([
  {useBias: true},
  {useBias: false, normalizeKernel: true},
  {useBias: true, normalizeKernel: true},
])('toDense of a layer with %o', (options) => {
  it.each([[[4]], [[5, 4]]])(
    'predicts the same, for examples of shape [%s], and is saved without a name of this package',
    async (shape) => {
      const model = sequential({
        layers: [
          layers.dense({units: 6, activation: 'relu', inputShape: shape}),
          marginDense({units: 3, ...options}),
        ],
      });
      const head = model.layers.at(-1) as MarginDense;
      if (options.useBias) head.setWeights([head.getWeights()[0]!, tf.tensor1d([1, -2, 3])]);
      const served = makeModel({
        inputs: model.inputs,
        outputs: toDense(head).apply(head.input) as SymbolicTensor,
      });
      const x = tf.randomNormal([7, ...shape]);
      const expected = (await (model.predict(x) as tf.Tensor).array()) as Nested;
      expectClose((await (served.predict(x) as tf.Tensor).array()) as Nested, expected, {
        absolute: 1e-5,
        relative: 1e-5,
      });
      expect(JSON.stringify(served.toJSON(null, false))).not.toContain('MarginDense"');
    },
  );
});

it('copies the weights, and keeps no other tensor', async () => {
  const model = sequential({layers: [marginDense({units: 2, inputShape: [3], normalizeKernel: true})]});
  const head = model.layers[0] as MarginDense;
  const before = tf.memory().numTensors;
  const dense = toDense(head);
  expect(tf.memory().numTensors - before).toBe(1);
  const kernel = await dense.getWeights()[0]!.array();
  head.setWeights([tf.ones([3, 2])]);
  expect(await dense.getWeights()[0]!.array()).toEqual(kernel);
});

it('says what is wrong with a layer', () => {
  expect(errorOf(() => toDense(wrong(layers.dense({units: 2})))).message).toBe(
    'toDense: it takes the marginDense layer of a model, such as model.layers.at(-1), got an object (Dense)',
  );
  expect(errorOf(() => toDense(marginDense({units: 2}))).message).toBe(
    'toDense: the layer has no weights yet; give the first layer of the model an inputShape such as [8]',
  );
});
