import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Programs} from '../programs.js';
import {runCells} from './cells.js';
import type {WebGlBackend} from './program.js';
import {hasHalfPrecision} from './records.js';
import {runVectors} from './vectors.js';

/** Programs on the webgl backend, in GLSL, which run through the backend's own method for programs. */
export function webglPrograms(given: object): Programs {
  const backend = given as WebGlBackend;
  return {
    cells: (program, shape, inputs) => runCells(backend, program, shape, inputs),
    vectors: (program, shape, inputs) => runVectors(backend, program, shape, inputs),
    readableIds: (ids) => readableIds(backend, ids),
    dispose: (tensor) => backend.disposeIntermediateTensorInfo(tensor),
  };
}

/** Ids that are on the host in two digits where textures have half precision; those that a texture has stay as they are. */
function readableIds(backend: WebGlBackend, ids: TensorInfo): TensorInfo {
  const {values, texture} = backend.texData.get(ids.dataId);
  if (!hasHalfPrecision() || !values || texture) return ids;
  const digits = backend.makeTensorInfo([values.length, 2], 'float32');
  backend.texData.get(digits.dataId).values = Float32Array.from({length: 2 * values.length}, (_, place) => {
    const id = values[place >> 1]!;
    const high = Math.floor(id / 1024);
    return place % 2 === 0 ? high : id - 1024 * high;
  });
  return digits;
}
