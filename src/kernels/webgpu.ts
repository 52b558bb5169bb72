import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {sortTerms} from './sortTerms.js';
import {findClassIds} from './webgpu/classIds.js';
import {gradientOfUnitColumns, vectorNorms, vectorsWithLengths} from './webgpu/norms.js';
import type {WebGpuBackend} from './webgpu/program.js';
import {lossesOf, sweep} from './webgpu/sweep.js';
import {
  gradientByBias,
  gradientByFeatureNorms,
  gradientByKernelNorms,
  gradientByScores,
} from './webgpu/sweepGradient.js';
import {computeTargets} from './webgpu/targets.js';

/** The kernels of the webgpu backend, in WGSL, which runs through the backend's own method for programs. */
export function webgpuKernels(backend: unknown): Kernels<TensorInfo> {
  const webgpu = backend as WebGpuBackend;
  return {
    classIds({labels}) {
      return [findClassIds(webgpu, labels)];
    },

    norms({matrix}, {axis}) {
      return [vectorNorms(webgpu, matrix, axis)];
    },

    withLengths({matrix, norms, lengths}, {axis}) {
      return [vectorsWithLengths(webgpu, matrix, norms, lengths, axis)];
    },

    unitColumnsGradient({upstream, columns, norms}) {
      return [gradientOfUnitColumns(webgpu, upstream, columns, norms)];
    },

    targets(inputs, {margins}) {
      return [computeTargets(webgpu, inputs, margins)];
    },

    sweep(inputs, {terms}) {
      const state = sweep(webgpu, inputs, sortTerms(terms));
      return [lossesOf(webgpu, state), state];
    },

    sweepGradient(inputs, {terms}) {
      const sorted = sortTerms(terms);
      const byScores = gradientByScores(webgpu, inputs, sorted);
      if (sorted.targets.length === 0) return [byScores];
      return [
        byScores,
        gradientByFeatureNorms(webgpu, inputs),
        gradientByKernelNorms(webgpu, inputs, sorted),
        gradientByBias(webgpu, inputs),
      ];
    },
  };
}
