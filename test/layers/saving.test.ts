import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  annealedLambda,
  asoftmax,
  combined,
  hinge,
  lsoftmax,
  MarginDense,
  marginDense,
} from '../../src/index.js';
import {read} from '../support/runLoss.js';
import {deepModel, example, layerFor, tensorsOf, weightsOf} from './example.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const {xs, ys} = tensorsOf(example);
const lambda = annealedLambda({base: 4, gamma: 0.5, power: 2, min: 0.5});
const loss = combined([
  [0.25, hinge()],
  [0.65, lsoftmax({m: 4, lambda})],
  [0.34, asoftmax({m: 3, lambda})],
]);

/** Saves a model and loads it again, by way of JSON as through a file. */
async function saveAndLoad(model: LayersModel, options?: tf.io.SaveConfig): Promise<LayersModel> {
  const saved: tf.io.ModelArtifacts[] = [];
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved.push(artifacts);
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
    options,
  );
  const {weightData, ...json} = saved[0]!;
  return loadLayersModel(tf.io.fromMemory({...JSON.parse(JSON.stringify(json)), weightData}));
}

async function train(model: LayersModel, epochs: number): Promise<unknown> {
  const {history} = await model.fit(xs, ys, {epochs, batchSize: 3, shuffle: false, verbose: 0});
  return history.loss;
}

/** The margin layer of a model, wherever it sits. */
function marginLayerOf(model: LayersModel): MarginDense {
  const last = model.layers.at(-1)!;
  return last instanceof MarginDense ? last : marginLayerOf(last as LayersModel);
}

const models: Record<string, () => LayersModel> = {
  flat: deepModel,
  nested: () => sequential({layers: [deepModel()]}),
  'with normalizeKernel': () => sequential({layers: [layerFor({...example, normalizeKernel: true})]}),
};

describe('a saved model', () => {
  it.each(Object.entries(models))('predicts the same when loaded, %s', async (_, make) => {
    const model = make();
    const loaded = await saveAndLoad(model);
    expect(await read(loaded.predict(xs) as tf.Tensor)).toEqual(await read(model.predict(xs) as tf.Tensor));
  });

  it.each(Object.entries(models))('carries the step count, %s', async (_, make) => {
    const model = make();
    model.compile({optimizer: 'sgd', loss});
    await train(model, 2);
    expect(marginLayerOf(await saveAndLoad(model)).step).toBe(6);
  });

  it.each(Object.entries(models))(
    'goes on training as if never interrupted, λ included, %s',
    async (_, make) => {
      const [whole, firstHalf] = [make(), make()];
      for (const model of [whole, firstHalf]) model.compile({optimizer: tf.train.sgd(0.1), loss});
      const wholeLosses = await train(whole, 4);
      const firstLosses = await train(firstHalf, 2);
      const secondHalf = await saveAndLoad(firstHalf);
      secondHalf.compile({optimizer: tf.train.sgd(0.1), loss});
      const secondLosses = await train(secondHalf, 2);
      expect([firstLosses, secondLosses].flat()).toEqual(wholeLosses);
      expect(await weightsOf(secondHalf)).toEqual(await weightsOf(whole));
    },
  );

  it('keeps the state of the optimizer with includeOptimizer', async () => {
    const [whole, firstHalf] = [deepModel(), deepModel()];
    for (const model of [whole, firstHalf]) {
      // Not Adam: tfjs restores its state with a power, which graphics processors only approximate.
      model.compile({optimizer: tf.train.momentum(0.1, 0.9), loss, metrics: ['accuracy']});
    }
    const wholeLosses = await train(whole, 4);
    const firstLosses = await train(firstHalf, 2);
    const secondHalf = await saveAndLoad(firstHalf, {includeOptimizer: true});
    // tfjs saves no function losses, so the loaded model is compiled again, with the optimizer it came with.
    secondHalf.compile({optimizer: secondHalf.optimizer, loss});
    const secondLosses = await train(secondHalf, 2);
    expect([firstLosses, secondLosses].flat()).toEqual(wholeLosses);
    expect(await weightsOf(secondHalf)).toEqual(await weightsOf(whole));
  });

  it('comes back from its config whole', () => {
    const layer = marginDense({
      units: 4,
      useBias: true,
      normalizeKernel: true,
      kernelInitializer: 'heNormal',
      kernelRegularizer: 'l1l2',
      kernelConstraint: 'maxNorm',
      biasInitializer: 'ones',
      biasConstraint: 'nonNeg',
      inputShape: [2],
      trainable: false,
      name: 'head',
    });
    layer.step = 17;
    const copy = MarginDense.fromConfig(MarginDense, layer.getConfig()) as MarginDense;
    expect(copy).toBeInstanceOf(MarginDense);
    expect(copy.getConfig()).toEqual(layer.getConfig());
    expect(copy.step).toBe(17);
  });
});
