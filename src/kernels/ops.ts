import {divNoNan, expandDims, mul, slice, sub, sum, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {computeLosses, type Memory, STATE_COLUMNS} from './ops/loss.js';
import {computeGradients} from './ops/lossGradient.js';
import {normsOf} from './ops/norms.js';

function remembered([state, classIds, featureNorms, kernelNorms]: readonly Tensor[]): Memory {
  return {state: state!, classIds: classIds!, featureNorms, kernelNorms};
}

/** The kernels as compositions of tfjs's ops, for backends that have none. */
export const opsKernels: Kernels<Tensor> = {
  loss: (inputs, attributes) =>
    tidy(() => {
      const {losses, state, classIds, featureNorms, kernelNorms} = computeLosses(inputs, attributes);
      const norms = featureNorms && kernelNorms ? [featureNorms, kernelNorms] : [];
      return [losses, state, classIds, ...norms];
    }),

  lossGradient: ({memory, ...inputs}, attributes) =>
    tidy(() => computeGradients({...inputs, ...remembered(memory)}, attributes)),

  featuresGradient: ({features, upstream, memory}) =>
    tidy(() => {
      const {state, featureNorms} = remembered(memory);
      const byFeatureNorm = slice(state, [0, STATE_COLUMNS.indexOf('byFeatureNorm')], [-1, 1]);
      const byNorms = mul(expandDims(upstream, 1), byFeatureNorm);
      return [mul(divNoNan(features, expandDims(featureNorms!, 1)), byNorms)];
    }),

  kernelGradient: ({kernel, byKernelNorms, memory}) =>
    tidy(() => [mul(divNoNan(kernel, remembered(memory).kernelNorms!), byKernelNorms)]),

  unitColumns: ({matrix}) =>
    tidy(() => {
      const norms = normsOf(matrix, 0);
      return [divNoNan(matrix, norms), norms];
    }),

  unitColumnsGradient: ({upstream, columns, norms}) =>
    tidy(() => [divNoNan(sub(upstream, mul(columns, sum(mul(columns, upstream), 0))), norms)]),
};
