import type {TensorInfo} from '@tensorflow/tfjs-core';
import {capitalized, type Cell, type CellProgram, cellText, type Programs} from '../programs.js';
import {launch, texelReader, type WebGlBackend} from './program.js';

/** Rows that a single invocation goes through where sums are over the batch. */
const ROWS = 64;

/** The numbers of a texel: row, column, and what they are called among two by two numbers, two rows and two columns. */
const LANES = [
  {row: 'row', j: 'j', lane: 'r', ofRow: 'x', ofColumn: 'x', record: ''},
  {row: 'row', j: 'j + 1', lane: 'g', ofRow: 'x', ofColumn: 'y', record: ''},
  {row: 'row + 1', j: 'j', lane: 'b', ofRow: 'y', ofColumn: 'x', record: 'next'},
  {row: 'row + 1', j: 'j + 1', lane: 'a', ofRow: 'y', ofColumn: 'y', record: 'next'},
] as const;

/** Statements that read what cells take, from the texel at (row, j); and the vec4 of their values. */
export interface CellReads {
  readonly ofRows: string;
  readonly ofColumns: string;
  readonly ofCells: string;
  readonly values: string;
}

export function cellReads({name, cells = [], rows = [], columns = [], records = []}: Cell): CellReads {
  const lines = (statements: readonly string[]) => statements.join('\n    ');
  const vector = (input: string, at: string) => `vec2 ${input} = ${texelReader(input)}(0, ${at}).rg;`;
  const calls = LANES.map(({row, j, lane, ofRow, ofColumn, record}) => {
    const args = [
      ...cells.map((input) => `${input}.${lane}`),
      ...rows.map((input) => `${input}.${ofRow}`),
      ...columns.map((input) => `${input}.${ofColumn}`),
      ...records.map((each) => (record ? `${record}${capitalized(each)}` : each)),
    ];
    return `${name}(${[row, j, ...args].join(', ')})`;
  });
  return {
    ofRows: lines([
      ...rows.map((input) => vector(input, 'row')),
      ...records.flatMap((record) => {
        const type = capitalized(record);
        return [`${type} ${record} = ${record}Of(row);`, `${type} next${type} = ${record}Of(row + 1);`];
      }),
    ]),
    ofColumns: lines(columns.map((input) => vector(input, 'j'))),
    ofCells: lines(cells.map((input) => `vec4 ${input} = ${texelReader(input)}(row, j);`)),
    values: `vec4(${calls.join(', ')})`,
  };
}

/** A number for each place. */
export function runCells(backend: WebGlBackend, {cell, shape, text, ...source}: CellProgram): TensorInfo {
  const {ofRows, ofColumns, ofCells, values} = cellReads(cell);
  return launch(backend, {
    ...source,
    packed: true,
    shape: [...shape],
    text: `${text}${cellText(cell)}
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x;
  int j = at.y;
  ${ofRows}
  ${ofColumns}
  ${ofCells}
  setOutput(padded(at, ${values}));
}`,
  });
}

/** Their sum over each column: first those of so many rows, even and odd ones apart, as they lie in the matrix. */
export function sumColumns(backend: WebGlBackend, {cell, shape, text, ...source}: CellProgram): TensorInfo {
  const [rows, columns] = shape;
  const chunks = Math.ceil(rows / ROWS);
  const {ofRows, ofColumns, ofCells, values} = cellReads(cell);
  const parts = launch(backend, {
    ...source,
    packed: true,
    shape: [2 * chunks, columns],
    text: `${text}${cellText(cell)}
void main() {
  ivec2 at = getOutputCoords();
  int first = at.x / 2 * ${ROWS};
  int j = at.y;
  ${ofColumns}
  vec4 sum = vec4(0.0);
  for (int k = 0; k < ${Math.ceil(Math.min(ROWS, rows) / 2)}; k++) {
    int row = first + 2 * k;
    if (row >= ${rows}) break;
    ${ofRows}
    ${ofCells}
    vec4 values = ${values};
    sum.rg += values.rg;
    if (row + 1 < ${rows}) sum.ba += values.ba;
  }
  setOutput(sum);
}`,
  });
  const sums = runVector(backend, {
    inputs: {parts},
    text: `
float sumOf(int j) {
  float sum = 0.0;
  for (int part = 0; part < ${2 * chunks}; part++) sum += getParts(part, j);
  return sum;
}
`,
    length: columns,
    value: 'sumOf(i)',
  });
  backend.disposeIntermediateTensorInfo(parts);
  return sums;
}

/** A vector. */
export function runVector(
  backend: WebGlBackend,
  {text, length, value, ...source}: Parameters<Programs['vector']>[0],
): TensorInfo {
  return launch(backend, {
    ...source,
    shape: [length],
    text: `${text}
void main() {
  int i = getOutputCoords();
  setOutput(${value});
}`,
  });
}
