import {env, type TensorInfo} from '@tensorflow/tfjs-core';
import {shaderMath} from '../../formula/shaderMath.js';
import {capitalized, type Given, linked, once, type Program} from '../programs.js';
import {recordsText, texelReader} from './records.js';

/** What the backend knows of a tensor's data. */
interface TextureData {
  shape: number[];
  /** On the host, if they are there. */
  values: ArrayLike<number> | null;
  /** Null as long as the data is on the host only. */
  texture?: unknown;
  /** Height and width in numbers, those that only fill up texels included. */
  texShape: [number, number] | null;
  /** Whether a texel holds two by two numbers, not one. */
  isPacked?: boolean;
}

/** The part of tfjs's webgl backend that the kernels use. */
export interface WebGlBackend {
  runWebGLProgram(
    program: {
      readonly variableNames: string[];
      readonly outputShape: number[];
      readonly packedOutput: boolean;
      readonly userCode: string;
      readonly customUniforms: {name: string; type: 'float'}[];
    },
    inputs: TensorInfo[],
    outputDtype: 'float32',
    customUniformValues: number[][],
  ): TensorInfo;
  makeTensorInfo(shape: number[], dtype: 'float32'): TensorInfo;
  disposeIntermediateTensorInfo(tensor: TensorInfo): void;
  readonly texData: {get(dataId: object): TextureData};
}

/**
 * A program, in GLSL. Beside one by one, it reads inputs in twos by twos: `texelOfLogits(row, j)` with even row and j is the numbers at
 * (row, j), (row, j + 1), (row + 1, j) and (row + 1, j + 1), those outside of the matrix anything. A vector is a single row.
 */
export interface Launch extends Program {
  /** Of the output: int [n], or ivec2 [m, n] is what `getOutputCoords()` gives. */
  readonly shape: readonly number[];
  /**
   * Whether an invocation writes two by two numbers, from even coordinates on, as `texelOfLogits` reads them. What others read
   * goes through `padded(at, numbers)`, since packed ops of tfjs expect 0 beside a matrix.
   */
  readonly packed: boolean;
  /** `main`, which calls `setOutput`. Loops have constant bounds, as WebGL 1 wants them. */
  readonly main: string;
}

/** Runs a program, of which tfjs keeps one a text and shapes. */
export function launch(
  backend: WebGlBackend,
  program: Launch,
  {inputs, numbers = [], sizes = {}}: Given,
): TensorInfo {
  const {shape, packed, text = '', recordsIn = {}, main} = program;
  const {
    code,
    names,
    numbers: used,
  } = once(program, 'code', () => {
    const records = Object.entries(recordsIn).map(([input, of]) => recordsText(input, of));
    return linked([shaderMath, bitsText(), paddedText(shape), ...records, text, main].join(''));
  });
  const variables = Object.entries(inputs).flatMap(([name, tensor]) => {
    const readsTexels = names.has(texelReader(name));
    return tensor && (readsTexels || names.has(reader(name)))
      ? [variableOf(backend, name, tensor, readsTexels)]
      : [];
  });
  const constants = Object.entries(sizes).filter(([name]) => names.has(name));
  const output = backend.runWebGLProgram(
    {
      variableNames: variables.map(({name}) => name),
      outputShape: [...shape],
      packedOutput: packed,
      userCode: [
        '#define select(b, a, condition) ((condition) ? (a) : (b))\n',
        ...constants.map(([name, size]) => `const int ${name} = ${size};\n`),
        ...variables.map(({readers}) => readers),
        code,
      ].join(''),
      // tfjs tells programs apart by their text, so that their uniforms must be those of the text.
      customUniforms: used.map((name) => ({name, type: 'float' as const})),
    },
    variables.map(({tensor}) => tensor),
    'float32',
    used.map((name) => [numbers[Number(name.slice(1))]!]),
  );
  for (const {release} of variables) release?.();
  return output;
}

function isWebGl2(): boolean {
  return env().getNumber('WEBGL_VERSION') === 2;
}

/**
 * `highHalf`, the number without the lower 12 of its 24 binary digits; and `powerFor`, the power of two by which a norm comes to 1 to 2
 * (4, for the largest).
 */
function bitsText(): string {
  const [high, power] = isWebGl2()
    ? [
        'return uintBitsToFloat(floatBitsToUint(x) & 0xfffff000u);',
        'return uintBitsToFloat(max(254u - (floatBitsToUint(norm) >> 23), 1u) << 23);',
      ]
    : ['return x * 4097.0 - (x * 4097.0 - x);', 'return exp2(-floor(log2(max(norm, 1e-37))));'];
  return `
float highHalf(float x) {
  ${high}
}

float powerFor(float norm) {
  ${power}
}
`;
}

function paddedText(shape: readonly number[]): string {
  const [rows, columns] = asMatrix(shape);
  return `
vec4 padded(ivec2 at, vec4 numbers) {
  if (at.x + 1 >= ${rows}) numbers.ba = vec2(0.0);
  if (at.y + 1 >= ${columns}) numbers.ga = vec2(0.0);
  return numbers;
}
`;
}

/** An input as a program has it. */
interface Variable {
  readonly name: string;
  readonly tensor: TensorInfo;
  /** Functions that read it, besides the one that tfjs writes. */
  readonly readers: string;
  release?(): void;
}

function variableOf(backend: WebGlBackend, name: string, tensor: TensorInfo, readsTexels: boolean): Variable {
  const {texture, texShape, isPacked, shape} = backend.texData.get(tensor.dataId);
  if (texture && texShape && isPacked && isSameMatrix(shape, tensor.shape)) {
    return texelsOf(backend, name, tensor, [halved(texShape[0]), halved(texShape[1])]);
  }
  return {name, tensor, readers: readsTexels ? gatheredText(name, tensor.shape) : ''};
}

/**
 * A packed tensor, read as it is: for a program that does not take packed inputs, tfjs would unpack it, at the cost of one more
 * pass and a copy. To tfjs it is a matrix of texels, of which the readers here know what is in them.
 */
function texelsOf(
  backend: WebGlBackend,
  name: string,
  {dataId, shape}: TensorInfo,
  [height, width]: [number, number],
): Variable {
  const texels = backend.makeTensorInfo([height, width], 'float32');
  const data = backend.texData.get(texels.dataId);
  Object.assign(data, {texture: backend.texData.get(dataId).texture, texShape: [height, width]});
  const variable = `${name}Texels`;
  const read = isWebGl2() ? 'texture' : 'texture2D';
  const [rows, columns] = asMatrix(shape);
  const isAsShaped = height === halved(rows) && width === halved(columns);
  const at = isAsShaped
    ? `(vec2(j / 2, row / 2) + halfCR) / vec2(${width}, ${height})`
    : `packedUVfrom2D(${halved(columns)}, ${height}, ${width}, row, j)`;
  return {
    name: variable,
    tensor: texels,
    readers: `
vec4 ${texelReader(name)}(int row, int j) {
  return ${read}(${variable}, ${at});
}
float ${reader(name)}(int row, int j) {
  vec4 texel = ${texelReader(name)}(row, j);
  vec2 numbers = row == row / 2 * 2 ? texel.rg : texel.ba;
  return j == j / 2 * 2 ? numbers.r : numbers.g;
}
${shape.length === 1 ? `float ${reader(name)}(int j) { return ${reader(name)}(0, j); }` : ''}
`,
    release() {
      // The texture stays with the tensor that it is of.
      data.texture = null;
      backend.disposeIntermediateTensorInfo(texels);
    },
  };
}

/** The same reader, where each texel is one number. */
function gatheredText(name: string, shape: readonly number[]): string {
  const [rows, columns] = asMatrix(shape);
  const read = reader(name);
  const numbers =
    shape.length === 1
      ? `${read}(j), ${read}(next), 0.0, 0.0`
      : `${read}(row, j), ${read}(row, next), ${read}(nextRow, j), ${read}(nextRow, next)`;
  return `
vec4 ${texelReader(name)}(int row, int j) {
  int nextRow = row + 1 < ${rows} ? row + 1 : row;
  int next = j + 1 < ${columns} ? j + 1 : j;
  return vec4(${numbers});
}
`;
}

function reader(input: string): string {
  return `get${capitalized(input)}`;
}

/** Whether data of one shape lies in texels as that of another does. */
function isSameMatrix(one: readonly number[], other: readonly number[]): boolean {
  const [[rows, columns], [otherRows, otherColumns]] = [asMatrix(one), asMatrix(other)];
  const isSingle = one.slice(0, -2).every((size) => size === 1);
  return rows === otherRows && columns === otherColumns && isSingle;
}

/** Rows and columns, of a vector one row. */
function asMatrix(shape: readonly number[]): [rows: number, columns: number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

function halved(size: number): number {
  return Math.ceil(size / 2);
}
