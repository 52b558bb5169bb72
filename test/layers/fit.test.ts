import * as tf from '@tensorflow/tfjs-core';
import {regularizers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {annealedLambda, combined, hinge, type Loss, lsoftmax, softmax} from '../../src/index.js';
import type {LossSpec, Problem} from '../reference/losses.js';
import {expectClose, type Nested} from '../support/expectClose.js';
import {toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {example, exampleIds, layerFor, modelFor, tensorsOf, weightsOf} from './example.js';
import {batchOf, gradientDescent, meanLoss, type Trained, type Training} from './gradientDescent.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const training: Training = {learningRate: 0.1, batchSize: 3, epochs: 3};
const {bias: _, ...withoutBias} = example;
const problems: Record<string, Problem> = {
  'with bias': example,
  'without bias': withoutBias,
  'with normalizeKernel': {...withoutBias, normalizeKernel: true},
};

/** λ falls from 4 to 0.5 within the nine steps of `training`. */
const annealing = annealedLambda({base: 4, gamma: 0.5, power: 2, min: 0.5});
const annealed = lsoftmax({m: 4, lambda: annealing});
const annealedSpec = (step: number): LossSpec => ({kind: 'lsoftmax', m: 4, lambda: annealing(step)});

async function train(loss: Loss, problem: Problem, options: object = {}) {
  const model = modelFor(problem, loss, training.learningRate);
  const {xs, ys} = tensorsOf(problem);
  const {history} = await model.fit(xs, ys, {
    batchSize: training.batchSize,
    epochs: training.epochs,
    shuffle: false,
    verbose: 0,
    ...options,
  });
  const [kernel, bias = []] = (await weightsOf(model)) as [number[][], number[]?];
  return {history: history as Record<string, number[]>, kernel, bias};
}

function expectTrained(actual: Nested[], {kernel, bias, losses}: Trained): void {
  expectClose(actual, [kernel, bias, losses], {absolute: 1e-5});
}

describe('fit', () => {
  describe.each(Object.entries(everyLoss))('with %s', (_, spec) => {
    it.each(Object.entries(problems))('takes the steps of gradient descent, %s', async (_, problem) => {
      const {kernel, bias, history} = await train(toLoss(spec), problem);
      expectTrained(
        [kernel, bias, history.loss!],
        gradientDescent(() => spec, problem, training),
      );
    });

    it('weighs the examples of each class by classWeight', async () => {
      const classWeight = {0: 0.5, 1: 3, 2: 1.25};
      const {kernel, bias, history} = await train(toLoss(spec), example, {classWeight});
      const exampleWeights = exampleIds.map((id) => classWeight[id as 0 | 1 | 2]);
      expectTrained(
        [kernel, bias, history.loss!],
        gradientDescent(() => spec, example, {...training, exampleWeights}),
      );
    });
  });

  it('lets λ fall from step to step', async () => {
    const {kernel, bias, history} = await train(annealed, example);
    expectTrained([kernel, bias, history.loss!], gradientDescent(annealedSpec, example, training));
  });

  it('takes λ of the number of steps completed, in training and in validation', async () => {
    const lambda = vi.fn((_step: number) => 1);
    const validationData = Object.values(tensorsOf(example));
    await train(lsoftmax({m: 2, lambda}), example, {epochs: 2, validationData});
    const [firstEpoch, firstValidation, secondEpoch, secondValidation] = [
      [0, 1, 2],
      [3, 3, 3],
      [3, 4, 5],
      [6, 6, 6],
    ];
    expect(lambda.mock.calls.map(([step]) => step)).toEqual(
      [firstEpoch, firstValidation, secondEpoch, secondValidation].flat(),
    );
  });

  describe('with validation', () => {
    const [first, last] = [batchOf(example, 0, 5), batchOf(example, 5, 7)];
    const epoch = {...training, epochs: 1};

    it.each([
      ['validationSplit', {validationSplit: 2 / 7}, example],
      ['validationData', {validationData: Object.values(tensorsOf(last))}, first],
    ])('reports val_loss at the λ that training has reached, from %s', async (_, options, problem) => {
      const {kernel, bias, history} = await train(annealed, problem, {...options, epochs: 1});
      const trained = gradientDescent(annealedSpec, first, epoch);
      expectTrained([kernel, bias, history.loss!], trained);
      const steps = 2;
      const after = {...last, kernel: trained.kernel, bias: trained.bias};
      expectClose(history.val_loss!, [meanLoss(annealedSpec(steps), after)], {relative: 1e-5});
    });
  });

  it('adds the penalties of regularizers', async () => {
    const model = sequential({
      layers: [layerFor(example, {kernelRegularizer: regularizers.l2({l2: 0.3}), biasRegularizer: 'l1l2'})],
    });
    model.compile({optimizer: 'sgd', loss: softmax()});
    const {xs, ys} = tensorsOf(example);
    const squares = example.kernel.flat().reduce((sum, weight) => sum + weight ** 2, 0);
    const biasPenalty = example.bias.reduce((sum, b) => sum + 0.01 * (Math.abs(b) + b ** 2), 0);
    const plain = meanLoss({kind: 'softmax', labelSmoothing: 0}, example);
    expectClose(Number(await model.trainOnBatch(xs, ys)), plain + 0.3 * squares + biasPenalty, {
      relative: 1e-5,
    });
  });
});

describe('trainOnBatch', () => {
  it('takes one step and returns the loss before it', async () => {
    const model = modelFor(example, annealed, 0.1);
    const {xs, ys} = tensorsOf(example);
    const losses = [Number(await model.trainOnBatch(xs, ys)), Number(await model.trainOnBatch(xs, ys))];
    const [kernel, bias] = (await weightsOf(model)) as [number[][], number[]];
    expectTrained(
      [kernel, bias, losses],
      gradientDescent(annealedSpec, example, {learningRate: 0.1, batchSize: 7, epochs: 2}),
    );
  });
});

describe('metrics', () => {
  it('are named after the losses, beside accuracy', async () => {
    const model = modelFor(example, softmax());
    const metrics = [
      'accuracy',
      hinge(),
      annealed,
      combined([
        [1, hinge()],
        [2, annealed],
      ]),
    ];
    model.compile({optimizer: tf.train.sgd(0.1), loss: softmax(), metrics});
    const {xs, ys} = tensorsOf(example);
    const {history} = await model.fit(xs, ys, {epochs: 1, batchSize: 7, verbose: 0});
    expect(Object.keys(history)).toEqual(['loss', 'acc', 'hinge', 'lsoftmax', 'combined']);
    const hingeMean = meanLoss({kind: 'hinge', margin: 1}, example);
    const annealedMean = meanLoss(annealedSpec(0), example);
    const [hinges, margins, sums] = [history.hinge, history.lsoftmax, history.combined] as number[][];
    expectClose([hinges!, margins!, sums!], [[hingeMean], [annealedMean], [hingeMean + 2 * annealedMean]], {
      relative: 1e-5,
    });
  });
});
