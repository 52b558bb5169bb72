import type {TensorInfo} from '@tensorflow/tfjs-core';
import {shaderMath} from '../../formula/shaderMath.js';
import {capitalized, type Given, linked, once, type Program, type Records, structText} from '../programs.js';
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
export interface Launch extends Program {
  /** `main(index : i32)` in WGSL, which writes to `result`, `uniforms.size` numbers long. */
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

/** Runs a program with at least so many invocations. It is compiled when its text is a new one: no number that changes may stand in it. */
export function launch(
  backend: WebGpuBackend,
  program: Launch,
  shape: readonly number[],
  invocations: number,
  {inputs, numbers = [], sizes = {}}: Given,
): TensorInfo {
  const {code, names, floats, integers} = once(program, 'code', () => codeOf(program, Object.keys(sizes)));
  // WebGPU refuses a buffer that a program does not read.
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, TensorInfo] =>
      entry[1] !== undefined && names.has(`get${capitalized(entry[0])}`),
  );
  return backend.runWebGPUProgram(
    {
      variableNames: given.map(([name]) => name),
      uniforms: [
        ...floats.map((name) => `${name} : f32, `),
        ...integers.map((name) => `${name} : i32, `),
      ].join(''),
      outputShape: [...shape],
      size: true,
      workgroupSize: [WORKGROUP, 1, 1],
      dispatchLayout: {x: [0]},
      dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
      // By the text itself: a key made of less could fall behind it, and another copy of this package may have other texts.
      shaderKey: code,
      getUserCode: () => code,
    },
    given.map(([, tensor]) => tensor),
    'float32',
    [
      ...floats.map((name) => ({type: 'float32' as const, data: [numbers[Number(name.slice(1))]!]})),
      ...integers.map((name) => ({type: 'int32' as const, data: [sizes[name]!]})),
    ],
  );
}

/** The whole of a program, the names in it, and those of its numbers and sizes, which are uniforms. */
function codeOf({recordsIn = {}, text = '', main}: Launch, sizes: readonly string[]) {
  const records = Object.entries(recordsIn).map(([input, of]) => recordsText(input, of));
  const all = `${toWgsl([shaderMath, ...records, text].join(''))}${bitsText}${main}`;
  const {code, names, numbers: floats} = linked(all);
  const integers = sizes.filter((name) => names.has(name));
  const uniforms = new RegExp(`\\b(${['NAN', ...floats, ...integers].join('|')})\\b`, 'g');
  return {code: code.replace(uniforms, 'uniforms.$1'), names, floats, integers};
}

/** The structs of the records in an input, [fields, rows], and the functions that read them. */
function recordsText(input: string, records: Records): string {
  let place = 0;
  const texts = Object.entries(records).map(([name, fields]) => {
    const struct = capitalized(name);
    return `${structText(struct, fields)}
${struct} ${name}Of(int row) {
  return ${struct}(${fields.map(() => `get${capitalized(input)}(${place++}, row)`).join(', ')});
}
`;
  });
  return texts.join('');
}
