/** What docs/troubleshooting.md says of tfjs's wasm backend. */

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {lsoftmax, marginDense} from '../../src/index.js';
import {read} from './pages.js';

const {layers, sequential} = tf;
const page = read('docs/troubleshooting.md');
const before = tf.getBackend();
beforeAll(() => tf.setBackend('wasm'));
afterAll(() => tf.setBackend(before));

async function lossOf(stack: tf.layers.Layer[]): Promise<number> {
  const model = sequential({layers: [...stack, layers.flatten(), marginDense({units: 2})]});
  model.compile({optimizer: 'adam', loss: lsoftmax()});
  const xs = tf.ones([2, ...(model.inputs[0]!.shape.slice(1) as number[])]);
  const {history} = await model.fit(xs, tf.oneHot([0, 1], 2), {verbose: 0});
  return history.loss![0] as number;
}

const image = {inputShape: [6, 6, 1]};
const sequence = {inputShape: [6, 1]};

describe('on wasm', () => {
  it.each([
    ['conv2d', layers.conv2d({filters: 2, kernelSize: 3, ...image}), 'Conv2DBackpropFilter'],
    ['conv1d', layers.conv1d({filters: 2, kernelSize: 3, ...sequence}), 'Conv2DBackpropFilter'],
    [
      'separableConv2d',
      layers.separableConv2d({filters: 2, kernelSize: 3, ...image}),
      'Conv2DBackpropFilter',
    ],
    [
      'depthwiseConv2d',
      layers.depthwiseConv2d({kernelSize: 3, ...image}),
      'DepthwiseConv2dNativeBackpropFilter',
    ],
    ['embedding', layers.embedding({inputDim: 4, outputDim: 3, inputLength: 5}), 'UnsortedSegmentSum'],
  ])('%s does not train', async (_, layer, kernel) => {
    await expect(lossOf([layer])).rejects.toThrow(`Kernel '${kernel}' not registered for backend 'wasm'`);
    expect(page).toContain(kernel);
  });

  it.each([
    [
      'pooling',
      [
        layers.dense({units: 2, ...image}),
        layers.maxPooling2d({}),
        layers.averagePooling2d({poolSize: [3, 3]}),
      ],
    ],
    [
      'batch normalization and dropout',
      [layers.dense({units: 2, ...sequence}), layers.batchNormalization(), layers.dropout({rate: 0.5})],
    ],
    ['lstm', [layers.lstm({units: 3, returnSequences: true, ...sequence})]],
    ['gru', [layers.gru({units: 3, returnSequences: true, ...sequence})]],
  ])('%s trains', async (_, stack) => {
    expect(await lossOf(stack)).toBeGreaterThan(0);
  });
});
