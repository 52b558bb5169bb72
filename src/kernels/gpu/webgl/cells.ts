import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Cell, type CellProgram, capitalized, cellText, type Given, once} from '../programs.js';
import {type Launch, launch, type WebGlBackend} from './program.js';
import {texelReader} from './records.js';

/** The numbers of a texel: where they are, in even or next row and column, and what they are called in a pair of each. */
const LANES = [
  {row: 'row', j: 'j', lane: 'r', ofRow: 'x', ofColumn: 'x'},
  {row: 'row', j: 'j + 1', lane: 'g', ofRow: 'x', ofColumn: 'y'},
  {row: 'row + 1', j: 'j', lane: 'b', ofRow: 'y', ofColumn: 'x'},
  {row: 'row + 1', j: 'j + 1', lane: 'a', ofRow: 'y', ofColumn: 'y'},
] as const;

/** Statements that read what four cells take, from the texel at (row, j) on; and the vec4 of their values. */
export interface CellReads {
  readonly ofRows: string;
  readonly ofColumns: string;
  readonly ofCells: string;
  readonly values: string;
}

export function cellReads({name, cells = [], rows = [], columns = [], records = []}: Cell): CellReads {
  const calls = LANES.map(({row, j, lane, ofRow, ofColumn}) => {
    const args = [
      ...cells.map((input) => `${input}.${lane}`),
      ...rows.map((input) => `${input}.${ofRow}`),
      ...columns.map((input) => `${input}.${ofColumn}`),
      ...records.map((record) => `${record}_${ofRow}`),
    ];
    return `${name}(${[row, j, ...args].join(', ')})`;
  });
  const ofRecords = records.map((record) => {
    const type = capitalized(record);
    return `${type} ${record}_x = ${record}Of(row); ${type} ${record}_y = ${record}Of(row + 1);`;
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
