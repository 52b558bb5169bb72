import * as tf from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {annealedLambda, lsoftmax} from '../../src/index.js';
import {column, dot, unit} from '../reference/vectors.js';
import {expectClose} from '../support/expectClose.js';
import {read, toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {deepModel, example, layerFor, modelFor, tensorsOf} from './example.js';
import {meanLoss} from './gradientDescent.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const {xs, ys} = tensorsOf(example);

/** W_j·x + b_j for every example and class. */
function dotProducts(columnOf: (j: number) => readonly number[], bias: readonly number[]): number[][] {
  return example.features.map((x) => bias.map((b, j) => dot(columnOf(j), x) + b));
}

describe('evaluate', () => {
  it.each(Object.entries(everyLoss))(
    'gives the mean loss with %s, whatever the batch size',
    async (_, spec) => {
      const model = modelFor(example, toLoss(spec));
      const evaluations = [7, 3].map((batchSize) => model.evaluate(xs, ys, {batchSize}) as tf.Scalar);
      const [whole, inBatches] = await Promise.all(evaluations.map((mean) => read<number>(mean)));
      expectClose([whole!, inBatches!], [meanLoss(spec, example), meanLoss(spec, example)], {relative: 1e-5});
    },
  );

  it.each(Object.entries(everyLoss))('gives the mean of %s on what the model computes', async (_, spec) => {
    const loss = toLoss(spec);
    const model = deepModel();
    model.compile({optimizer: 'sgd', loss});
    const mean = tf.tidy(() => tf.mean(loss(ys, model.apply(xs) as tf.Tensor)));
    expectClose(await read<number>(model.evaluate(xs, ys) as tf.Scalar), await read<number>(mean), {
      relative: 1e-6,
    });
  });

  it('takes λ at the number of steps completed, and adds none', async () => {
    const lambda = annealedLambda({base: 8, gamma: 1, power: 1, min: 0});
    const layer = layerFor(example, {step: 3});
    const model = sequential({layers: [layer]});
    model.compile({optimizer: 'sgd', loss: lsoftmax({m: 4, lambda})});
    const mean = await read<number>(model.evaluate(xs, ys) as tf.Scalar);
    expectClose(mean, meanLoss({kind: 'lsoftmax', m: 4, lambda: 8 / (1 + 3)}, example), {relative: 1e-5});
    expect(layer.step).toBe(3);
  });
});

describe('predict', () => {
  it('gives x·W + b, without any margin', async () => {
    const model = modelFor(example, toLoss(everyLoss.lsoftmax));
    const expected = dotProducts((j) => column(example.kernel, j), example.bias);
    expectClose(await read<number[][]>(model.predict(xs) as tf.Tensor), expected, {absolute: 1e-6});
  });

  it('gives ‖x‖ cos θ + b of a normalised kernel', async () => {
    const model = modelFor({...example, normalizeKernel: true}, toLoss(everyLoss.asoftmax));
    const expected = dotProducts((j) => unit(column(example.kernel, j)), example.bias);
    expectClose(await read<number[][]>(model.predict(xs) as tf.Tensor), expected, {absolute: 1e-6});
  });

  it('agrees with a dense layer that has the trained weights', async () => {
    const model = modelFor(example, toLoss(everyLoss.combined));
    await model.fit(xs, ys, {epochs: 3, verbose: 0});
    const dense = sequential({
      layers: [layers.dense({units: 3, inputShape: [3], weights: model.getWeights()})],
    });
    for (const batchSize of [7, 2]) {
      expectClose(
        await read<number[][]>(model.predict(xs, {batchSize}) as tf.Tensor),
        await read<number[][]>(dense.predict(xs, {batchSize}) as tf.Tensor),
        {absolute: 1e-6},
      );
    }
  });

  it('leaves nothing behind but what it returns, and counts no step', () => {
    const layer = layerFor(example);
    const model = sequential({layers: [layer]});
    const before = tf.memory().numTensors;
    for (const batchSize of [7, 2]) {
      const predictions = model.predict(xs, {batchSize}) as tf.Tensor;
      expect(tf.memory().numTensors).toBe(before + 1);
      predictions.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(layer.step).toBe(0);
  });
});
