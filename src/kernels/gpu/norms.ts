import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import {SMALLEST_NORMAL} from '../limits.js';
import {
  type CellProgram,
  cellText,
  type Given,
  once,
  type Programs,
  type Quantity,
  type VectorProgram,
} from './programs.js';

/** The norms of the columns (axis 0) or rows (axis 1) of a matrix: M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes. */
export function normsOf(programs: Programs, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  const program = once(
    entry,
    `norms ${matrix.shape} ${axis}`,
    (): VectorProgram => ({
      text: `${cellText(entry)}
float unlessSubnormal(float x, float otherwise) {
  return select(x, otherwise, x < ${SMALLEST_NORMAL});
}
`,
      count: matrix.shape[1 - axis]!,
      sums: {quantities: [largest, squares], axis, length: matrix.shape[axis]!},
      body: 'float value = unlessSubnormal(whole.largest * sqrt(whole.squares), 0.0);',
    }),
  );
  return programs.vectors(program, {inputs: {matrix}});
}

const entry = {name: 'entry', cells: ['matrix'], body: 'return matrix;'};

const largest: Quantity = {
  name: 'largest',
  entries: entry,
  none: '0.0',
  step: 'return max(value, abs(f));',
  merge: 'return max(whole.largest, part.largest);',
};

const squares: Quantity = {
  name: 'squares',
  entries: entry,
  none: '0.0',
  step: 'float ratio = f / unlessSubnormal(largest, 1.0); return value + ratio * ratio;',
  isRelative: true,
  merge: `float ratio = part.largest / unlessSubnormal(whole.largest, 1.0);
  return whole.squares + part.squares * ratio * ratio;`,
};

/** The sum over each column of what a program gives for the places of a matrix. */
export function columnSum(
  programs: Programs,
  {cell, shape, text, ...rest}: CellProgram,
  given: Given,
): TensorInfo {
  const program = once(cell, 'sum', (): VectorProgram => {
    const merge = 'return whole.sum + part.sum;';
    const sum: Quantity = {name: 'sum', entries: cell, none: '0.0', step: 'return value + f;', merge};
    return {
      ...rest,
      text: `${text ?? ''}${cellText(cell)}`,
      count: shape[1],
      sums: {quantities: [sum], axis: 0, length: shape[0]},
      body: 'float value = whole.sum;',
    };
  });
  return programs.vectors(program, given);
}

/** The columns over their norms, times a factor each if these are given; 0 where a norm is 0. */
export function columnsOverNorms(
  programs: Programs,
  matrix: TensorInfo,
  norms: TensorInfo,
  factors?: TensorInfo,
): TensorInfo {
  const program = once(
    entry,
    `quotients ${matrix.shape} ${factors !== undefined}`,
    (): CellProgram => ({
      cell: {
        name: 'quotient',
        cells: ['matrix'],
        columns: ['norms', ...(factors ? ['factors'] : [])],
        body: `return divided(matrix, norms)${factors ? ' * factors' : ''};`,
      },
      shape: matrix.shape as [number, number],
    }),
  );
  return programs.cells(program, {inputs: {matrix, norms, factors}});
}

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function unitColumnsGradient(
  programs: Programs,
  {upstream, columns, norms}: Parameters<Kernels<TensorInfo>['unitColumnsGradient']>[0],
): TensorInfo {
  const shape = columns.shape as [number, number];
  const cells = ['upstream', 'columns'];
  const products = once(entry, `products ${shape}`, () => ({
    cell: {name: 'product', cells, body: 'return upstream * columns;'},
    shape,
  }));
  const along = columnSum(programs, products, {inputs: {upstream, columns}});
  const body = 'return divided(upstream - along * columns, norms);';
  const across = once(entry, `across ${shape}`, () => ({
    cell: {name: 'across', cells, columns: ['norms', 'along'], body},
    shape,
  }));
  const gradient = programs.cells(across, {inputs: {upstream, columns, norms, along}});
  programs.dispose(along);
  return gradient;
}
