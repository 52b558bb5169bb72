import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  annealedLambda,
  asoftmax,
  combined,
  hinge,
  type Loss,
  lsoftmax,
  marginDense,
  softmax,
} from '../../src/index.js';
import {expectClose} from '../support/expectClose.js';
import {
  deepModel,
  example,
  hiddenLayer,
  layerFor,
  matrix,
  modelFor,
  tensorsOf,
  weightsOf,
} from './example.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const lambda = annealedLambda({base: 4, gamma: 0.5, power: 2, min: 0.5});
const everyTerm = combined([
  [0.25, hinge()],
  [0.65, lsoftmax({m: 4, lambda})],
  [0.34, asoftmax({m: 3, lambda})],
]);

const inBatches = {batchSize: 3, epochs: 2, shuffle: false, verbose: 0} as const;

/** Trains for four steps; what the model has become, and what it logged. */
async function train(net: LayersModel, loss: Loss = everyTerm): Promise<unknown> {
  net.compile({optimizer: tf.train.adam(0.05), loss, metrics: ['accuracy']});
  const {xs, ys} = tensorsOf(example);
  const {history} = await net.fit(xs, ys, {...inBatches, validationSplit: 0.3});
  return {weights: await weightsOf(net), history};
}

/** Models that compute what `deepModel` computes, put together in other ways. */
const compositions: Record<string, () => LayersModel> = {
  'a functional model': () => functional((x) => [hiddenLayer(), layerFor(example)].reduce(applyTo, x)),
  'a Sequential within a Sequential': () =>
    sequential({layers: [hiddenLayer(), sequential({layers: [layerFor(example)]})]}),
  'a Sequential within a Sequential within a Sequential': () =>
    sequential({layers: [sequential({layers: [deepModel()]})]}),
  'a functional model of Sequentials': () =>
    functional((x) =>
      [sequential({layers: [hiddenLayer()]}), sequential({layers: [layerFor(example)]})].reduce(applyTo, x),
    ),
  'a functional model within a Sequential': () =>
    sequential({
      layers: [functional((x) => [hiddenLayer(), layerFor(example)].reduce(applyTo, x))],
    }),
};

function functional(outputOf: (x: SymbolicTensor) => SymbolicTensor): LayersModel {
  const x = input({shape: [3]});
  return model({inputs: x, outputs: outputOf(x)});
}

function applyTo(x: SymbolicTensor, layer: layers.Layer): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}

describe('a margin layer', () => {
  it.each(Object.entries(compositions))('trains in %s as in a flat Sequential', async (_, compose) => {
    expect(await train(compose())).toEqual(await train(deepModel()));
  });

  it('trains what comes before it', async () => {
    const net = deepModel();
    const before = await weightsOf(net);
    await train(net);
    const after = await weightsOf(net);
    for (const [i, weights] of before.entries()) expect(after[i]).not.toEqual(weights);
  });

  it('trains behind layers that differ between training and inference', async () => {
    const net = sequential({
      layers: [
        hiddenLayer(),
        layers.batchNormalization({momentum: 0.5}),
        layers.dropout({rate: 0.2, seed: 1}),
        layerFor(example),
      ],
    });
    net.compile({optimizer: tf.train.adam(0.05), loss: everyTerm});
    const {xs, ys} = tensorsOf(example);
    const {history} = await net.fit(xs, ys, {epochs: 40, verbose: 0, validationData: [xs, ys]});
    const validation = history.val_loss as number[];
    expect(validation.at(-1)).toBeLessThan(validation[0]! / 2);
  });
});

describe('two outputs with a loss each', () => {
  const kernels = {
    first: example,
    second: {...example, kernel: example.kernel.map((row) => row.map((weight) => -weight))},
  };
  const losses = {first: lsoftmax({m: 4, lambda}), second: asoftmax({m: 3, lambda})};

  /** Two heads on the same features, so that each must train as if it were alone. */
  function twoHeads(): LayersModel {
    const x = input({shape: [3]});
    return model({
      inputs: x,
      outputs: [applyTo(x, layerFor(kernels.first)), applyTo(x, layerFor(kernels.second))],
    });
  }

  async function trainAlone(head: 'first' | 'second') {
    const net = modelFor(kernels[head], losses[head]);
    const {xs, ys} = tensorsOf(example);
    const {history} = await net.fit(xs, ys, inBatches);
    return {weights: await weightsOf(net), loss: history.loss as number[]};
  }

  const forms: Record<string, (net: LayersModel) => Loss[] | Record<string, Loss>> = {
    'as a list': () => [losses.first, losses.second],
    'by the name of the output': ({outputNames}) => ({
      [outputNames[0]!]: losses.first,
      [outputNames[1]!]: losses.second,
    }),
  };

  it.each(Object.entries(forms))('train each as if alone, losses given %s', async (_, lossesFor) => {
    const net = twoHeads();
    net.compile({optimizer: tf.train.sgd(0.1), loss: lossesFor(net)});
    const {xs, ys} = tensorsOf(example);
    const {history} = await net.fit(xs, [ys, ys], inBatches);
    const [first, second] = [await trainAlone('first'), await trainAlone('second')];
    const weights = (await weightsOf(net)) as number[][][];
    expectClose(weights, [...first.weights, ...second.weights] as number[][][], {absolute: 1e-6});
    expectClose(
      history.loss as number[],
      first.loss.map((loss, epoch) => loss + second.loss[epoch]!),
      {relative: 1e-5},
    );
  });

  it('may differ in the number of classes', async () => {
    const x = input({shape: [3]});
    const h = applyTo(x, hiddenLayer());
    const kernelInitializer = initializers.glorotNormal({seed: 1});
    const outputs = [applyTo(h, layerFor(example)), applyTo(h, marginDense({units: 2, kernelInitializer}))];
    const net = model({inputs: x, outputs});
    net.compile({optimizer: tf.train.adam(0.1), loss: [everyTerm, softmax()]});
    const {xs, ys} = tensorsOf(example);
    const firstOrNot = matrix(example.labels.map(([first]) => [first!, 1 - first!]));
    const {history} = await net.fit(xs, [ys, firstOrNot], {epochs: 40, verbose: 0});
    const loss = history.loss as number[];
    expect(loss.at(-1)).toBeLessThan(loss[0]! / 2);
  });
});
