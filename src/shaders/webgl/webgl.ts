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
    exactIntegers: (integers) => exactIntegers(backend, integers),
    dispose: (tensor) => backend.disposeIntermediateTensorInfo(tensor),
  };
}

/** Integers that are on the host in two digits where textures have half precision; those that a texture has stay as they are. */
function exactIntegers(backend: WebGlBackend, integers: TensorInfo): TensorInfo {
  const {values, texture} = backend.texData.get(integers.dataId);
  if (!hasHalfPrecision() || !values || texture) return integers;
  const digits = backend.makeTensorInfo([values.length, 2], 'float32');
  backend.texData.get(digits.dataId).values = Float32Array.from({length: 2 * values.length}, (_, place) => {
    const integer = values[place >> 1]!;
    const high = Math.floor(integer / 1024);
    return place % 2 === 0 ? high : integer - 1024 * high;
  });
  return digits;
}
