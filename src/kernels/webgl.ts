import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {sortTerms} from './sortTerms.js';
import {findClassIds} from './webgl/classIds.js';
import {gradientOfUnitColumns, vectorNorms, vectorsWithLengths} from './webgl/norms.js';
import type {WebGlBackend} from './webgl/program.js';
import {lossesOf, sweep} from './webgl/sweep.js';
import {
  gradientByBias,
  gradientByFeatureNorms,
  gradientByKernelNorms,
  gradientByScores,
} from './webgl/sweepGradient.js';
import {computeTargets} from './webgl/targets.js';

/** The kernels of the webgl backend, in GLSL, which runs through the backend's own method for programs. */
export function webglKernels(backend: unknown): Kernels<TensorInfo> {
  const webgl = backend as WebGlBackend;
  return {
    classIds({labels}) {
      return [findClassIds(webgl, labels)];
    },

    norms({matrix}, {axis}) {
      return [vectorNorms(webgl, matrix, axis)];
    },

    withLengths({matrix, norms, lengths}, {axis}) {
      return [vectorsWithLengths(webgl, matrix, norms, lengths, axis)];
    },

    unitColumnsGradient({upstream, columns, norms}) {
      return [gradientOfUnitColumns(webgl, upstream, columns, norms)];
    },

    targets(inputs, {margins}) {
      return [computeTargets(webgl, inputs, margins)];
    },

    sweep(inputs, {terms}) {
      const state = sweep(webgl, inputs, sortTerms(terms));
      return [lossesOf(webgl, state), state];
    },

    sweepGradient(inputs, {terms}) {
      const sorted = sortTerms(terms);
      const byScores = gradientByScores(webgl, inputs, sorted);
      if (sorted.targets.length === 0) return [byScores];
      return [
        byScores,
        gradientByFeatureNorms(webgl, inputs),
        gradientByKernelNorms(webgl, inputs, sorted),
        gradientByBias(webgl, inputs),
      ];
    },
  };
}
