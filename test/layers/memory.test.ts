import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {type Loss, marginDense} from '../../src/index.js';
import {tensorMemory} from '../support/memory.js';
import {toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {example, tensorsOf} from './example.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const {xs, ys} = tensorsOf(example);

/** A hidden layer, and a margin layer with all that makes it keep more tensors. */
function freshModel(): LayersModel {
  return sequential({layers: [hiddenLayer(), marginLayer()]});
}

/** The same with the margin layer in a Sequential of its own. */
function nestedModel(head: layers.Layer = marginLayer()): LayersModel {
  return sequential({layers: [hiddenLayer(), sequential({layers: [head]})]});
}

function hiddenLayer(): layers.Layer {
  return layers.dense({units: 3, activation: 'tanh', inputShape: [3]});
}

function marginLayer(): layers.Layer {
  return marginDense({units: 3, useBias: true, normalizeKernel: true, inputShape: [3]});
}

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.01),
  adam: () => tf.train.adam(0.01),
  rmsprop: () => tf.train.rmsprop(0.01),
};

describe('tensors', () => {
  const everyTerm = toLoss(everyLoss.combined);

  it('stay as many over 100 steps of trainOnBatch', async () => {
    const model = freshModel();
    model.compile({optimizer: 'adam', loss: everyTerm, metrics: ['accuracy', everyTerm]});
    const step = async () => {
      tf.dispose((await model.trainOnBatch(xs, ys)) as never);
      return tf.memory().numTensors;
    };
    const afterFirst = await step();
    const counts = new Set<number>();
    for (let i = 1; i < 100; i++) counts.add(await step());
    expect([...counts]).toEqual([afterFirst]);
  });

  it('stay as many over 100 steps of fit, with validation', async () => {
    const model = freshModel();
    model.compile({optimizer: 'adam', loss: everyTerm, metrics: ['accuracy', everyTerm]});
    const counts: number[] = [];
    await model.fit(xs, ys, {
      epochs: 50,
      batchSize: 3,
      validationSplit: 2 / 7,
      verbose: 0,
      callbacks: {onEpochEnd: async () => void counts.push(tf.memory().numTensors)},
    });
    expect(counts).toHaveLength(50);
    expect(new Set(counts).size).toBe(1);
  });

  it.each([
    ['flat', freshModel],
    ['nested', nestedModel],
  ])('stay as many over 100 steps of a custom loop around a %s model', (_, make) => {
    const model = make();
    const optimizer = tf.train.adam(0.01);
    const counts = Array.from({length: 100}, () => {
      optimizer.minimize(() => tf.mean(everyTerm(ys, model.apply(xs, {training: true}) as tf.Tensor)));
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
  });

  describe.each(Object.entries(everyLoss))('with %s', (_, spec) => {
    const loss = toLoss(spec);

    it.each(Object.entries(optimizers))('are back at their start after dispose, with %s', async (_, make) => {
      const before = tensorMemory();
      const optimizer = make();
      const model = freshModel();
      await use(model, optimizer, loss);
      model.dispose();
      optimizer.dispose();
      expect(tensorMemory()).toEqual(before);
    });

    it('are back at their start when the model owns the optimizer', async () => {
      const before = tf.memory().numTensors;
      const model = freshModel();
      await use(model, 'adam', loss);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('of logits and losses are the only ones a call leaves, and none after their dispose', () => {
      const model = freshModel();
      const before = tensorMemory();
      const logits = model.apply(xs) as tf.Tensor;
      const withGeometry = tf.memory().numTensors;
      const losses = loss(ys, logits);
      expect(tf.memory().numTensors).toBe(withGeometry + 1);
      losses.dispose();
      logits.dispose();
      expect(tensorMemory()).toEqual(before);
    });
  });

  it('of a nested model are as many after dispose as those of a dense layer in its place', async () => {
    const leftBy = async (head: layers.Layer, loss: Loss | string) => {
      const before = tf.memory().numTensors;
      const model = nestedModel(head);
      await use(model, 'adam', loss);
      model.dispose();
      return tf.memory().numTensors - before;
    };
    // tfjs-layers counts a model in a model twice, so that the weights of the inner one outlive dispose().
    const kernelAndBias = 2;
    expect(await leftBy(layers.dense({units: 3, inputShape: [3]}), 'categoricalCrossentropy')).toBe(
      kernelAndBias,
    );
    expect(await leftBy(marginLayer(), everyTerm)).toBe(kernelAndBias);
  });
});

/** Everything a user does with a model. */
async function use(model: LayersModel, optimizer: tf.Optimizer | string, loss: Loss | string): Promise<void> {
  model.compile({optimizer, loss, metrics: ['accuracy']});
  await model.fit(xs, ys, {epochs: 2, batchSize: 3, validationSplit: 0.2, verbose: 0});
  tf.dispose([model.evaluate(xs, ys), model.predict(xs)]);
}
