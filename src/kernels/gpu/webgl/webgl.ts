import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {gpuKernels} from './gpu.js';
import {findClassIds} from './webgl/classIds.js';
import {computeState, lossesOf} from './webgl/loss.js';
import {
  gradientByBias,
  gradientByFeatures,
  gradientByKernelNorms,
  gradientByProducts,
  gradientByScores,
} from './webgl/lossGradient.js';
import {columnsOverNorms, gradientOfUnitColumns, vectorNorms} from './webgl/norms.js';
import type {WebGlBackend} from './webgl/program.js';

/** The kernels of the webgl backend, in GLSL, which runs through the backend's own method for programs. */
export function webglKernels(backend: object): Kernels<TensorInfo> {
  return gpuKernels(backend as WebGlBackend, {
    classIds: findClassIds,
    norms: vectorNorms,
    columnsOverNorms,
    unitColumnsGradient: gradientOfUnitColumns,
    state: computeState,
    losses: lossesOf,
    byScores: gradientByScores,
    byProducts: gradientByProducts,
    byKernelNorms: gradientByKernelNorms,
    byBias: gradientByBias,
    byFeatures: gradientByFeatures,
  });
}
