import type {TensorInfo} from '@tensorflow/tfjs-core';
import {mathText} from '../math.js';
import {linked, namesIn, reader, type Source} from '../programs.js';
import {toWgsl} from './wgsl.js';

/** The part of tfjs's webgpu backend that the kernels use. */
export interface WebGpuBackend {
  runWebGPUProgram(
    program: object,
    inputs: TensorInfo[],
    outputDtype: string,
    uniforms: {type: 'float32' | 'int32'; data: number[]}[],
  ): TensorInfo;
  disposeData(dataId: object): unknown;
}

/** A program for the graphics processor. */
export interface Launch extends Source {
  readonly shape: number[];
  /** How many invocations there have to be. There may be more. */
  readonly invocations: number;
  /** WGSL behind the text: `main(index : i32)`, which writes to `result`, `uniforms.size` numbers long. */
  readonly main: string;
}

/** The invocations of a workgroup. */
export const WORKGROUP = 64;

/** `highHalf` and `powerFor`, as the webgl backend has them. */
const bitsText = `
fn highHalf(x : f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
}

fn powerFor(norm : f32) -> f32 {
  return bitcast<f32>(max(254 - (bitcast<i32>(norm) >> 23), 1) << 23);
}
`;

/** Runs a program, which is compiled when its text is a new one: no number that changes may stand in it. */
export function launch(
  backend: WebGpuBackend,
  {inputs, numbers = {}, sizes = {}, shape, invocations, text, main}: Launch,
): TensorInfo {
  const code = linked(`${toWgsl(mathText)}${bitsText}${toWgsl(text)}${main}`);
  // WebGPU refuses a buffer that a program does not read.
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, TensorInfo] => entry[1] !== undefined && code.includes(`${reader(entry[0])}(`),
  );
  // Nor may the uniforms of a text differ from run to run, since the program is compiled with the first.
  const uniforms = [
    ...namesIn(code, Object.keys(numbers)).map((name) => ({name, type: 'float32' as const, value: numbers[name]!})),
    ...namesIn(code, Object.keys(sizes)).map((name) => ({name, type: 'int32' as const, value: sizes[name]!})),
  ];
  const userCode = uniforms.reduce(
    (result, {name}) => result.replace(new RegExp(`\\b${name}\\b`, 'g'), `uniforms.${name}`),
    code,
  );
  const program = {
    variableNames: given.map(([name]) => name),
    uniforms: uniforms.map(({name, type}) => `${name} : ${type === 'int32' ? 'i32' : 'f32'}, `).join(''),
    outputShape: shape,
    size: true,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: {x: [0]},
    dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
    // By the text itself: a key made of less could fall behind it, and another copy of this package may have other texts.
    shaderKey: userCode,
    getUserCode: () => userCode,
  };
  return backend.runWebGPUProgram(
    program,
    given.map(([, tensor]) => tensor),
    'float32',
    uniforms.map(({type, value}) => ({type, data: [value]})),
  );
}
