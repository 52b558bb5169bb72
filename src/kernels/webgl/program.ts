import type {TensorInfo} from '@tensorflow/tfjs-core';
import {mathText} from './math.js';

/** The part of tfjs's webgl backend that the kernels use. */
export interface WebGlBackend {
  runWebGLProgram(
    program: {
      readonly variableNames: string[];
      readonly outputShape: number[];
      readonly userCode: string;
      readonly customUniforms: {name: string; type: 'float'}[];
    },
    inputs: TensorInfo[],
    outputDtype: 'float32' | 'int32',
    customUniformValues: number[][],
  ): TensorInfo;
  disposeIntermediateTensorInfo(tensor: TensorInfo): void;
}

/** A program and what it is run on. */
export interface Launch {
  /** Read by `getScores(row, j)` and the like; what is missing, or not read, is left out. */
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  /** Numbers that may change from run to run: anything else in the text makes another program, to be compiled. */
  readonly uniforms?: Readonly<Record<string, number>>;
  /** Of the output: int [n], or ivec2 [m, n] is what `getOutputCoords()` gives. */
  readonly shape: number[];
  readonly dtype?: 'float32' | 'int32';
  /** GLSL with a `main` that calls `setOutput`. Loops have constant bounds, as WebGL 1 wants them. */
  readonly text: string;
}

/** Runs a program, of which tfjs keeps one a text and shapes. */
export function launch(
  backend: WebGlBackend,
  {inputs, uniforms = {}, shape, dtype = 'float32', text}: Launch,
): TensorInfo {
  const given = Object.entries(inputs).filter(
    (input): input is [string, TensorInfo] => input[1] !== undefined && text.includes(`${reader(input[0])}(`),
  );
  // tfjs tells programs apart by their text, so that their uniforms must be those of the text.
  const used = Object.entries(uniforms).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text));
  const program = {
    variableNames: given.map(([name]) => name),
    outputShape: shape,
    userCode: `${mathText}${text}`,
    customUniforms: used.map(([name]) => ({name, type: 'float' as const})),
  };
  const tensors = given.map(([, tensor]) => tensor);
  const values = used.map(([, value]) => [value]);
  return backend.runWebGLProgram(program, tensors, dtype, values);
}

/** The function that reads an input, as tfjs names it. */
function reader(name: string): string {
  return `get${name[0]!.toUpperCase()}${name.slice(1)}`;
}
