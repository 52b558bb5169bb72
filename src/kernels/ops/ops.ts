import * as tf from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import {featuresGradient, kernelGradient} from './angleGradient.js';
import {lossesOf} from './loss.js';
import {gradientsOf} from './lossGradient.js';
import {normsOf} from './norms.js';

/** The kernels as compositions of tfjs's ops, for backends that have none. They remember nothing: the gradient computes anew. */
export const opsKernels: Kernels<tf.Tensor> = {
  loss: (inputs, attributes) => tf.tidy(() => [lossesOf(inputs, attributes)]),

  lossGradient: (inputs, attributes) => tf.tidy(() => gradientsOf(inputs, attributes)),

  featuresGradient: (inputs, attributes) => tf.tidy(() => [featuresGradient(inputs, attributes)]),

  kernelGradient: (inputs, attributes) => tf.tidy(() => [kernelGradient(inputs, attributes)]),

  unitColumns: ({matrix}) =>
    tf.tidy(() => {
      const norms = normsOf(matrix, 0);
      return [tf.divNoNan(matrix, norms), norms];
    }),

  unitColumnsGradient: ({upstream, columns, norms}) =>
    tf.tidy(() => [
      tf.divNoNan(tf.sub(upstream, tf.mul(columns, tf.sum(tf.mul(columns, upstream), 0))), norms),
    ]),
};
