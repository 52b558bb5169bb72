import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, layers, sequential} from '@tensorflow/tfjs-layers';
import {type Loss, type MarginDense, type MarginDenseOptions, marginDense} from '../../src/index.js';
import type {Problem} from '../reference/losses.js';
import type {Matrix, Vector} from '../reference/vectors.js';
import {oneHot, roundToFloat32} from '../support/problems.js';
import {read} from '../support/runLoss.js';

/** Seven examples (so that batches of 3 come out uneven) of three features and three classes. */
export const example = roundToFloat32({
  features: [
    [1.2, -0.3, 0.4],
    [-0.7, 0.9, 0.1],
    [0.2, 0.4, -1.1],
    [0.9, 0.8, -0.2],
    [-1.3, 0.1, 0.6],
    [0.3, -1.2, -0.5],
    [0.5, 0.5, 0.9],
  ],
  kernel: [
    [0.5, -0.2, 0.3],
    [-0.4, 0.6, 0.1],
    [0.2, 0.3, -0.7],
  ],
  bias: [0.1, -0.2, 0.05],
  labels: oneHot([0, 1, 2, 0, 1, 2, 0], 3),
}) as Problem & {readonly bias: Vector};

/** The example's labels as class ids. */
export const exampleIds: Vector = example.labels.map((row) => row.indexOf(1));

/** Rows of numbers as a tensor. */
export function matrix(rows: Matrix): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

/** The features and one-hot labels of a problem as tensors. */
export function tensorsOf(problem: Problem): {xs: tf.Tensor2D; ys: tf.Tensor2D} {
  return {xs: matrix(problem.features), ys: matrix(problem.labels)};
}

/** A margin layer with the kernel, and the bias if there is one, of a problem. */
export function layerFor(problem: Problem, options: Partial<MarginDenseOptions> = {}): MarginDense {
  const {kernel, bias, normalizeKernel = false} = problem;
  return marginDense({
    units: kernel[0]!.length,
    inputShape: [kernel.length],
    useBias: bias !== undefined,
    normalizeKernel,
    weights: [matrix(kernel), ...(bias ? [tf.tensor1d([...bias])] : [])],
    ...options,
  });
}

/** A model of that layer alone, compiled with gradient descent. */
export function modelFor(problem: Problem, loss: Loss, learningRate = 0.1): LayersModel {
  const model = sequential({layers: [layerFor(problem)]});
  model.compile({optimizer: tf.train.sgd(learningRate), loss});
  return model;
}

/** A hidden layer of as many units, which begins the same every time. */
export function hiddenLayer(): layers.Layer {
  const kernel = matrix([
    [0.7, -0.5, 0.2],
    [0.1, 0.8, -0.6],
    [-0.3, 0.4, 0.9],
  ]);
  return layers.dense({units: 3, activation: 'tanh', inputShape: [3], weights: [kernel, tf.zeros([3])]});
}

/** A model of a hidden layer and a margin layer, not compiled. */
export function deepModel(): LayersModel {
  return sequential({layers: [hiddenLayer(), layerFor(example)]});
}

/** The numbers of all weights of a model, layer by layer. */
export function weightsOf(model: LayersModel): Promise<unknown[]> {
  // Copies, since read() disposes of what it reads and these are the model's own.
  return Promise.all(model.getWeights().map((weight) => read(tf.clone(weight))));
}
