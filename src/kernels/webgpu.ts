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
export function webgpuKernels(backend: unknown): Kernels<TensorInfo> {
  const webgpu = backend as WebGpuBackend;
  return gpuKernels({
    classIds: (rows) => findClassIds(webgpu, rows),
    norms: (matrix, axis) => vectorNorms(webgpu, matrix, axis),
    columnsOverNorms: (...inputs) => columnsOverNorms(webgpu, ...inputs),
    unitColumnsGradient: (...inputs) => gradientOfUnitColumns(webgpu, ...inputs),
    state: (...inputs) => computeState(webgpu, ...inputs),
    losses: (state) => lossesOf(webgpu, state),
    byScores: (...inputs) => gradientByScores(webgpu, ...inputs),
    byProducts: (inputs) => gradientByProducts(webgpu, inputs),
    byKernelNorms: (...inputs) => gradientByKernelNorms(webgpu, ...inputs),
    byBias: (inputs) => gradientByBias(webgpu, inputs),
    byFeatures: (...inputs) => gradientByFeatures(webgpu, ...inputs),
  });
}
