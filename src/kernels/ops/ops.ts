import {divNoNan, mul, sub, sum, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import {featuresGradient, kernelGradient} from './angleGradient.js';
import {lossesOf} from './loss.js';
import {gradientsOf} from './lossGradient.js';
import {normsOf} from './norms.js';

/** The kernels as compositions of tfjs's ops, for backends that have none. They remember nothing: the gradient computes anew. */
export const opsKernels: Kernels<Tensor> = {
  loss: (inputs, attributes) => tidy(() => [lossesOf(inputs, attributes)]),

  lossGradient: (inputs, attributes) => tidy(() => gradientsOf(inputs, attributes)),

  featuresGradient: (inputs, attributes) => tidy(() => [featuresGradient(inputs, attributes)]),

  kernelGradient: (inputs, attributes) => tidy(() => [kernelGradient(inputs, attributes)]),

  unitColumns: ({matrix}) =>
    tidy(() => {
      const norms = normsOf(matrix, 0);
      return [divNoNan(matrix, norms), norms];
    }),

  unitColumnsGradient: ({upstream, columns, norms}) =>
    tidy(() => [divNoNan(sub(upstream, mul(columns, sum(mul(columns, upstream), 0))), norms)]),
};
