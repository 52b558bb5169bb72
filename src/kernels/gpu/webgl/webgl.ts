import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from '../../contract.js';
import {gpuKernels} from '../gpu.js';
import {runCells, runVector, sumColumns} from './cells.js';
import {vectorNorms} from './norms.js';
import type {WebGlBackend} from './program.js';
import {readableIds, recordsText, runRows} from './rows.js';

/** The kernels of the webgl backend, in GLSL, which runs through the backend's own method for programs. */
export function webglKernels(given: object): Kernels<TensorInfo> {
  const backend = given as WebGlBackend;
  return gpuKernels({
    rows: (program) => runRows(backend, program),
    recordsText,
    cells: (program) => runCells(backend, program),
    columnSums: (program) => sumColumns(backend, program),
    vector: (program) => runVector(backend, program),
    norms: (matrix, axis) => vectorNorms(backend, matrix, axis),
    readableIds: (ids) => readableIds(backend, ids),
    dispose: (tensor) => backend.disposeIntermediateTensorInfo(tensor),
  });
}
