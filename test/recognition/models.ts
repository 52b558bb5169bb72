import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, layers, sequential} from '@tensorflow/tfjs-layers';
import {marginDense} from '../../src/index.js';

/** W: one column a class, so class 'a' looks to the right, 'b' up and 'c' to the lower left. */
export const KERNEL = [
  [2, 0, -1],
  [0, 1, -1],
];
export const BIAS = [0.5, 0, -0.5];
export const LABELS = ['a', 'b', 'c'];

/** A layer whose output is its input. */
export function passing(): layers.Layer {
  return layers.dense({units: 2, useBias: false, kernelInitializer: 'identity', inputShape: [2]});
}

export type HeadLayer = layers.Layer;

/** The head with {@link KERNEL}, and with {@link BIAS} if it has one. Its weights are there once the model is. */
export const heads = {
  marginDense: () => marginDense({units: 3, inputShape: [2]}),
  normalized: () => marginDense({units: 3, normalizeKernel: true, inputShape: [2]}),
  biased: () => marginDense({units: 3, useBias: true, inputShape: [2]}),
  dense: () => layers.dense({units: 3, inputShape: [2]}),
  softmax: () => layers.dense({units: 3, activation: 'softmax', inputShape: [2]}),
};

/** Gives a head that is built its weights. */
export function setWeights(head: HeadLayer): void {
  const weights = [tf.tensor2d(KERNEL), tf.tensor1d(BIAS)].slice(0, head.getWeights().length);
  head.setWeights(weights);
  tf.dispose(weights);
}

/** Two features that are the input itself, and a head. */
export function modelWith(head: HeadLayer = heads.marginDense()): LayersModel {
  const model = sequential({layers: [passing(), head]});
  setWeights(head);
  return model;
}

/** The same behind a relu, of which some backends make 0 of NaN. */
export function reluModel(): LayersModel {
  return sequential({layers: [layers.reLU({inputShape: [2]}), modelWith()]});
}

/** A point at this angle, in degrees. */
export function at(degrees: number, length = 1): number[] {
  return [length * Math.cos((degrees * Math.PI) / 180), length * Math.sin((degrees * Math.PI) / 180)];
}

/** Known examples, some of each class. */
export const known = {
  xs: [at(0, 2), at(10), at(-20, 3), at(90), at(100, 2), at(75), at(225), at(210, 2), at(250, 4)],
  labels: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'],
};

/** Examples of no class. */
export const strangers = [at(45), at(52, 2), at(150), at(160), at(300), at(315)];
