import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Cell, type CellProgram, capitalized, cellText, type Given, once} from '../programs.js';
import {type Launch, launch, type WebGlBackend} from './program.js';
import {texelReader} from './records.js';

/** The numbers of a texel: their names, and in which of two rows and columns they are. */
export const LANES = [
  {lane: 'r', row: 0, column: 0},
  {lane: 'g', row: 0, column: 1},
  {lane: 'b', row: 1, column: 0},
  {lane: 'a', row: 1, column: 1},
] as const;

/** Statements that read what four cells take, from the texel at (row, j) on; and the vec4 of their values. */
export function cellReads({name, cells = [], rows = [], columns = [], records = []}: Cell) {
  const calls = LANES.map(({lane, row, column}) => {
    const args = [
      ...cells.map((input) => `${input}.${lane}`),
      ...rows.map((input) => `${input}.${'xy'[row]}`),
      ...columns.map((input) => `${input}.${'xy'[column]}`),
      ...records.map((record) => `${record}_${row}`),
    ];
    return `${name}(${[`row + ${row}`, `j + ${column}`, ...args].join(', ')})`;
  });
  const ofRecords = records.map((record) => {
    const type = capitalized(record);
    return `${type} ${record}_0 = ${record}Of(row); ${type} ${record}_1 = ${record}Of(row + 1);`;
  });
  const pairs = (inputs: readonly string[], at: string) =>
    inputs.map((input) => `vec2 ${input} = ${texelReader(input)}(0, ${at}).rg;`);
  return {
    ofRows: [...pairs(rows, 'row'), ...ofRecords].join('\n  '),
    ofColumns: pairs(columns, 'j').join('\n  '),
    ofCells: cells.map((input) => `vec4 ${input} = ${texelReader(input)}(row, j);`).join('\n  '),
    values: `vec4(${calls.join(', ')})`,
  };
}

/** A number for each place. */
export function runCells(
  backend: WebGlBackend,
  program: CellProgram,
  shape: readonly number[],
  given: Given,
): TensorInfo {
  const made = once<Launch>(program, `${shape}`, () => {
    const {ofRows, ofColumns, ofCells, values} = cellReads(program.cell);
    return {
      ...program,
      shape,
      packed: true,
      text: `${program.text ?? ''}${cellText(program.cell)}`,
      main: `
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x;
  int j = at.y;
  ${ofRows}
  ${ofColumns}
  ${ofCells}
  setOutput(padded(at, ${values}));
}`,
    };
  });
  return launch(backend, made, given);
}
