import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {annealedLambda, lsoftmax, marginLogits} from '../../src/index.js';
import type {LossSpec} from '../reference/losses.js';
import {expectClose} from '../support/expectClose.js';
import {read, toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {deepModel, example, layerFor, matrix, tensorsOf, weightsOf} from './example.js';
import {gradientDescent} from './gradientDescent.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const {xs, ys} = tensorsOf(example);
const wholeBatch = {learningRate: 0.1, batchSize: 7};
const steps = 5;
const schedule = annealedLambda({base: 4, gamma: 0.5, power: 2, min: 0.5});
const annealed = lsoftmax({m: 4, lambda: schedule});
const annealedSpec = (step: number): LossSpec => ({kind: 'lsoftmax', m: 4, lambda: schedule(step)});

describe('a custom loop', () => {
  it('around a model, with tf.variableGrads, counts its own steps', async () => {
    const layer = layerFor(example);
    const model = sequential({layers: [layer]});
    const optimizer = tf.train.sgd(wholeBatch.learningRate);
    for (let step = 0; step < steps; step++) {
      expect(layer.step).toBe(step);
      tf.tidy(() => {
        const {grads} = tf.variableGrads(
          () => tf.mean(annealed(ys, model.apply(xs, {training: true}) as tf.Tensor)) as tf.Scalar,
        );
        optimizer.applyGradients(grads);
      });
    }
    const expected = gradientDescent(annealedSpec, example, {...wholeBatch, epochs: steps});
    expectClose((await weightsOf(model)) as number[][][], [expected.kernel, expected.bias], {absolute: 1e-5});
  });

  it('without layers, around marginLogits', async () => {
    const kernel = tf.variable(matrix(example.kernel));
    const bias = tf.variable(tf.tensor1d([...example.bias]));
    const optimizer = tf.train.sgd(wholeBatch.learningRate);
    for (let step = 0; step < steps; step++) {
      optimizer.minimize(() =>
        tf.mean(annealed(ys, marginLogits(xs, kernel as tf.Tensor2D, {bias: bias as tf.Tensor1D, step}))),
      );
    }
    const expected = gradientDescent(annealedSpec, example, {...wholeBatch, epochs: steps});
    expectClose(
      [await read<number[][]>(kernel), await read<number[]>(bias)],
      [expected.kernel, expected.bias],
      {
        absolute: 1e-5,
      },
    );
  });

  it.each(Object.entries(everyLoss))('takes the same steps as fit with %s', async (_, spec) => {
    const loss = toLoss(spec);
    const [fitted, looped] = [deepModel(), deepModel()];
    fitted.compile({optimizer: tf.train.sgd(0.1), loss});
    await fitted.fit(xs, ys, {batchSize: 7, epochs: steps, shuffle: false, verbose: 0});
    const optimizer = tf.train.sgd(0.1);
    for (let step = 0; step < steps; step++) {
      optimizer.minimize(() => tf.mean(loss(ys, looped.apply(xs, {training: true}) as tf.Tensor)));
    }
    expectClose((await weightsOf(looped)) as number[][][], (await weightsOf(fitted)) as number[][][], {
      absolute: 1e-6,
    });
  });

  it('counts no step in a call without training: true', () => {
    const layer = layerFor(example);
    const model = sequential({layers: [layer]});
    model.apply(xs);
    model.apply(xs, {training: false});
    expect(layer.step).toBe(0);
  });
});
