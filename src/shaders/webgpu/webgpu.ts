import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type CellProgram, cellText, type Given, once, type Programs} from '../programs.js';
import {type Launch, launch, type WebGpuBackend} from './program.js';
import {runVectors} from './vectors.js';

/** Programs on the webgpu backend, in WGSL, which run through the backend's own method for programs. */
export function webgpuPrograms(given: object): Programs {
  const backend = given as WebGpuBackend;
  return {
    cells: (program, shape, inputs) => runCells(backend, program, shape, inputs),
    vectors: (program, shape, inputs) => runVectors(backend, program, shape, inputs),
    exactIntegers: (integers) => integers,
    dispose: ({dataId}) => backend.disposeData(dataId),
  };
}

/** A number for each place. */
function runCells(
  backend: WebGpuBackend,
  program: CellProgram,
  shape: readonly number[],
  given: Given,
): TensorInfo {
  const made = once<Launch>(program, 'cells', () => ({
    ...program,
    text: `${program.text ?? ''}${cellText(program.cell)}`,
    main: `
fn main(index : i32) {
  if (index >= uniforms.size) { return; }
  let row = index / uniforms.outShape[1];
  result[index] = ${program.cell.name}At(row, index - row * uniforms.outShape[1]);
}`,
  }));
  return launch(backend, made, shape, shape[0]! * shape[1]!, given);
}
