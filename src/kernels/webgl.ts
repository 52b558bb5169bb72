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
export function webglKernels(backend: unknown): Kernels<TensorInfo> {
  const webgl = backend as WebGlBackend;
  return gpuKernels({
    classIds: (rows) => findClassIds(webgl, rows),
    norms: (matrix, axis) => vectorNorms(webgl, matrix, axis),
    columnsOverNorms: (...inputs) => columnsOverNorms(webgl, ...inputs),
    unitColumnsGradient: (...inputs) => gradientOfUnitColumns(webgl, ...inputs),
    state: (...inputs) => computeState(webgl, ...inputs),
    losses: (state) => lossesOf(webgl, state),
    byScores: (...inputs) => gradientByScores(webgl, ...inputs),
    byProducts: (inputs) => gradientByProducts(webgl, inputs),
    byKernelNorms: (...inputs) => gradientByKernelNorms(webgl, ...inputs),
    byBias: (inputs) => gradientByBias(webgl, inputs),
    byFeatures: (...inputs) => gradientByFeatures(webgl, ...inputs),
  });
}
