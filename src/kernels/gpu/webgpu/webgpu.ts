import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {gpuKernels} from './gpu.js';
import {findClassIds} from './webgpu/classIds.js';
import {computeState, lossesOf} from './webgpu/loss.js';
import {
  gradientByBias,
  gradientByFeatures,
  gradientByKernelNorms,
  gradientByProducts,
  gradientByScores,
} from './webgpu/lossGradient.js';
import {columnsOverNorms, gradientOfUnitColumns, vectorNorms} from './webgpu/norms.js';
import type {WebGpuBackend} from './webgpu/program.js';

/** The kernels of the webgpu backend, in WGSL, which runs through the backend's own method for programs. */
export function webgpuKernels(backend: object): Kernels<TensorInfo> {
  return gpuKernels(backend as WebGpuBackend, {
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
