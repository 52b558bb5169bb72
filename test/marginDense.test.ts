import * as tf from '@tensorflow/tfjs-core';
import {
  constraints,
  initializers,
  layers,
  loadLayersModel,
  regularizers,
  sequential,
} from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {lsoftmax, MarginDense, type MarginDenseOptions, marginDense, softmax} from '../src/index.js';
import {expectClose} from './support/expectClose.js';
import {read} from './support/runLoss.js';

const features = tf.tensor2d([
  [1, 2],
  [-1, 0.5],
  [0, 3],
]);

/** The layer, built by a model. */
function built(options: Partial<MarginDenseOptions> = {}): MarginDense {
  const layer = marginDense({units: 3, inputShape: [2], ...options});
  sequential({layers: [layer]});
  return layer;
}

describe('marginDense', () => {
  it('is a layer with a kernel, and a bias if asked for', () => {
    const plain = built();
    expect(plain).toBeInstanceOf(MarginDense);
    expect(plain).toBeInstanceOf(layers.Layer);
    expect(plain.getClassName()).toBe('MarginDense');
    expect(plain.weights.map(({originalName, shape}) => [originalName, shape])).toEqual([
      [`${plain.name}/kernel`, [2, 3]],
    ]);
    expect(plain.countParams()).toBe(6);
    expect(built({useBias: true}).weights.map(({shape}) => shape)).toEqual([[2, 3], [3]]);
    expect(built({useBias: false}).weights).toHaveLength(1);
  });

  it.each([
    ['marginDense', marginDense],
    ['tf.layers.dense', layers.dense],
  ])('%s: its constraint holds where weights are set, but not in fit', async (_, make) => {
    const kernelConstraint = constraints.maxNorm({maxValue: 0.5, axis: 0});
    const layer = make({units: 3, inputShape: [2], kernelConstraint, kernelInitializer: 'ones'});
    const model = sequential({layers: [layer]});
    model.compile({optimizer: tf.train.sgd(1e-3), loss: softmax()});
    const longestOf = async ({layers: [only]}: typeof model) =>
      Math.max(...((await tf.norm(only!.getWeights()[0]!, 2, 0).array()) as number[]));
    // tfjs adds its epsilon to the norm, which is larger on some backends.
    const relative = Math.max(1e-6, tf.backend().epsilon());
    const labels = tf.oneHot([0, 1, 2], 3);
    await model.fit(features, labels, {verbose: 0});
    expect(await longestOf(model)).toBeGreaterThan(1.3);

    let saved: tf.io.ModelArtifacts = {};
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    });
    await model.save(handler);
    const loaded = await loadLayersModel(tf.io.fromMemory(saved));
    expectClose([await longestOf(loaded as typeof model)], [0.5], {relative});

    const constrain = () =>
      tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => tf.clone(weight))));
    const callbacks = {onBatchEnd: async () => constrain()};
    await model.fit(features, labels, {verbose: 0, callbacks});
    expectClose([await longestOf(model)], [0.5], {relative});
  });

  it('begins like a dense layer: Glorot-normal kernel, bias 0', () => {
    const {kernelInitializer, biasInitializer} = layers.dense({units: 1}).getConfig();
    expect(built().getConfig()).toMatchObject({kernelInitializer, biasInitializer});
  });

  it.each([
    ['by name', {kernelInitializer: 'ones', biasInitializer: 'ones'}],
    ['as objects', {kernelInitializer: initializers.ones(), biasInitializer: initializers.ones()}],
  ] as const)('takes initializers %s', async (_, options) => {
    const logits = built({useBias: true, ...options}).apply(features) as tf.Tensor;
    expectClose(
      await read<number[][]>(logits),
      [
        [4, 4, 4],
        [0.5, 0.5, 0.5],
        [4, 4, 4],
      ],
      {absolute: 1e-6},
    );
  });

  it('takes weights', async () => {
    const weights = [
      tf.tensor2d([
        [1, 0, -1],
        [0, 2, 1],
      ]),
      tf.tensor1d([10, 20, 30]),
    ];
    const logits = built({useBias: true, weights}).apply(features) as tf.Tensor;
    expect(await read(logits)).toEqual([
      [11, 24, 31],
      [9, 21, 31.5],
      [10, 26, 33],
    ]);
  });

  it.each([
    ['inputShape', {inputShape: [2]}, [null, 2]],
    ['inputDim', {inputDim: 2}, [null, 2]],
    ['batchInputShape', {batchInputShape: [3, 2]}, [3, 2]],
    ['inputShape and batchSize', {inputShape: [2], batchSize: 3}, [3, 2]],
  ])('takes the shape of its input from %s', (_, options, expected) => {
    const layer = marginDense({units: 4, ...options} as MarginDenseOptions);
    const model = sequential({layers: [layer]});
    expect(layer.batchInputShape).toEqual(expected);
    expect(model.outputs[0]!.shape).toEqual([expected[0], 4]);
    expect(layer.computeOutputShape([7, 2])).toEqual([7, 4]);
  });

  it('takes integer features', async () => {
    const weights = [
      tf.tensor2d([
        [1, 0, -1],
        [0, 2, 1],
      ]),
    ];
    const ints = tf.tensor2d([[1, 2]], undefined, 'int32');
    expect(await read(built({weights}).apply(ints) as tf.Tensor)).toEqual([[1, 4, 1]]);
  });

  it('is frozen by trainable: false, and counts steps all the same', async () => {
    const layer = built({trainable: false});
    const model = sequential({layers: [layers.dense({units: 2, inputShape: [2]}), layer]});
    model.compile({optimizer: tf.train.sgd(1), loss: lsoftmax()});
    const before = await layer.getWeights()[0]!.array();
    await model.fit(features, tf.eye(3), {epochs: 2, verbose: 0});
    expect(await layer.getWeights()[0]!.array()).toEqual(before);
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.step).toBe(2);
  });

  it('counts the batches in training whose loss has a schedule, each layer its own', () => {
    const [first, second] = [built(), built({step: 10})];
    expect([first.step, second.step]).toEqual([0, 10]);
    const labels = tf.tensor1d([0, 1, 2], 'int32');
    for (const training of [true, false, true, undefined]) {
      lsoftmax()(labels, first.apply(features, training === undefined ? {} : {training}) as tf.Tensor);
    }
    lsoftmax()(labels, second.apply(features, {training: true}) as tf.Tensor);
    expect([first.step, second.step]).toEqual([2, 11]);
    expect([first.getConfig().step, second.getConfig().step]).toEqual([2, 11]);
    first.step = 0;
    expect([first.step, second.step]).toEqual([0, 11]);
  });

  it('does not count the symbolic call that joins it to a model', () => {
    expect(built().step).toBe(0);
  });

  it('writes into its config what a dense layer writes, and its own options', () => {
    const options = {
      units: 3,
      useBias: true,
      name: 'head',
      inputShape: [2],
      kernelRegularizer: regularizers.l2({l2: 0.1}),
      kernelConstraint: 'unitNorm',
      biasRegularizer: 'l1l2',
    } as const;
    const {activation: _, activityRegularizer: __, ...dense} = layers.dense(options as never).getConfig();
    expect(marginDense({...options, inputShape: [2], normalizeKernel: true, step: 4}).getConfig()).toEqual({
      ...dense,
      normalizeKernel: true,
      step: 4,
    });
  });

  it('has no weights but those of its model', () => {
    const before = tf.memory().numTensors;
    const model = sequential({layers: [marginDense({units: 3, useBias: true, inputShape: [2]})]});
    expect(tf.memory().numTensors).toBe(before + 2);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is the last layer of a model that learns', async () => {
    const layer = built({useBias: true, kernelInitializer: initializers.glorotNormal({seed: 1})});
    const model = sequential({layers: [layer]});
    model.compile({optimizer: tf.train.adam(0.1), loss: softmax(), metrics: ['accuracy']});
    const {history} = await model.fit(features, tf.eye(3), {epochs: 60, verbose: 0});
    expect((history.acc as number[]).at(-1)).toBe(1);
  });
});
