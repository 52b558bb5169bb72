import type {TensorInfo} from '@tensorflow/tfjs-core';
import {mathText} from './math.js';

/** The part of tfjs's webgpu backend that the kernels use. */
export interface WebGpuBackend {
  runWebGPUProgram(
    program: object,
    inputs: TensorInfo[],
    outputDtype: string,
    uniforms: {type: 'float32'; data: number[]}[],
  ): TensorInfo;
  disposeData(dataId: object): unknown;
}

/** A program for the graphics processor. */
export interface Program {
  /** The buffers that it reads, under their names in `text`, where `uniforms.<name>Shape` is the shape; what is missing is left out. */
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  /** What changes from call to call, float32: `uniforms.<name>`. */
  readonly uniforms?: Readonly<Record<string, number>>;
  readonly shape: number[];
  readonly dtype?: 'float32' | 'int32';
  /** How many invocations there have to be. There may be more. */
  readonly invocations: number;
  /** Functions in WGSL, `main(index : i32)` among them, which writes to `result`, `uniforms.size` numbers long. */
  readonly text: string;
}

/** The invocations of a workgroup. */
export const WORKGROUP = 64;

/** Runs a program, which is compiled when its text is a new one: no number that changes may stand in it. */
export function launch(
  backend: WebGpuBackend,
  {inputs, uniforms = {}, shape, dtype = 'float32', invocations, text}: Program,
): TensorInfo {
  // WebGPU refuses a buffer that a program does not read.
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, TensorInfo] =>
      entry[1] !== undefined && new RegExp(`\\b${entry[0]}\\[`).test(text),
  );
  // Nor may the uniforms of a text differ from run to run, since the program is compiled with the first.
  const used = Object.entries(uniforms).filter(([name]) => new RegExp(`\\buniforms\\.${name}\\b`).test(text));
  const program = {
    variableNames: given.map(([name]) => name),
    uniforms: used.map(([name]) => `${name} : f32, `).join(''),
    outputShape: shape,
    size: true,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: {x: [0]},
    dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
    // By the text itself: a key made of less could fall behind it, and another copy of this package may have other texts.
    shaderKey: text,
    getUserCode: () => mathText + text,
  };
  return backend.runWebGPUProgram(
    program,
    given.map(([, tensor]) => tensor),
    dtype,
    used.map(([, value]) => ({type: 'float32', data: [value]})),
  );
}

/** A program that computes each number of its result on its own, by the function `valueAt(index : i32)`. */
export function elementwise(backend: WebGpuBackend, program: Omit<Program, 'invocations'>): TensorInfo {
  const text = `${program.text}
fn main(index : i32) {
  if (index < uniforms.size) { result[index] = valueAt(index); }
}`;
  return launch(backend, {
    ...program,
    invocations: program.shape.reduce((size, length) => size * length),
    text,
  });
}
