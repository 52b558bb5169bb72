import type {TensorInfo} from '@tensorflow/tfjs-core';
import {
  type CellProgram,
  cellText,
  type Given,
  once,
  type Programs,
  type VectorProgram,
} from '../../shaders/programs.js';
import type {Kernels} from '../contract.js';
import {SMALLEST_NORMAL} from '../limits.js';

/** The norms of the columns (axis 0) or rows (axis 1) of a matrix. */
export function normsOf(programs: Programs, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  const [count, length] = [matrix.shape[1 - axis]!, matrix.shape[axis]!];
  return programs.vectors(norms[axis], [count, length], {inputs: {matrix}});
}

const entries = {name: 'entry', cells: ['matrix'], body: 'return matrix;'};

/** ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes in float32. */
const norms = ([0, 1] as const).map(
  (axis): VectorProgram => ({
    text: `${cellText(entries)}
float unlessSubnormal(float x, float otherwise) {
  return select(x, otherwise, x < ${SMALLEST_NORMAL});
}

float squareOf(float x, float largest) {
  float ratio = x / unlessSubnormal(largest, 1.0);
  return ratio * ratio;
}
`,
    sums: {
      axis,
      quantities: [
        {
          name: 'largest',
          entries,
          none: '0.0',
          step: 'return max(value, abs(f));',
          merge: 'return max(whole.largest, part.largest);',
        },
        {
          name: 'squares',
          entries,
          none: '0.0',
          step: 'return value + squareOf(f, largest);',
          isRelative: true,
          merge: 'return whole.squares + part.squares * squareOf(part.largest, whole.largest);',
        },
      ],
    },
    body: 'float value = unlessSubnormal(whole.largest * sqrt(whole.squares), 0.0);',
  }),
) as [VectorProgram, VectorProgram];

/** The sum over each column of what a program gives for the places of a matrix. */
export function columnSum(
  programs: Programs,
  program: CellProgram,
  shape: readonly number[],
  given: Given,
): TensorInfo {
  const sum = once<VectorProgram>(program, 'sum', () => {
    const {cell: entries, text = '', ...rest} = program;
    const [step, merge] = ['return value + f;', 'return whole.sum + part.sum;'];
    return {
      ...rest,
      text: `${text}${cellText(entries)}`,
      sums: {axis: 0, quantities: [{name: 'sum', entries, none: '0.0', step, merge}]},
      body: 'float value = whole.sum;',
    };
  });
  return programs.vectors(sum, [shape[1]!, shape[0]!], given);
}

type Columns = Readonly<Record<'matrix' | 'norms', TensorInfo>> & {readonly factors?: TensorInfo};

/** The columns over their norms, times a factor each if these are given; 0 where a norm is 0. */
export function columnsOverNorms(programs: Programs, inputs: Columns): TensorInfo {
  return programs.cells(inputs.factors ? scaledQuotients : quotients, inputs.matrix.shape, {
    inputs: {...inputs},
  });
}

const quotients = quotientsProgram(['norms'], 'return divided(matrix, norms);');
const scaledQuotients = quotientsProgram(['norms', 'factors'], 'return divided(matrix, norms) * factors;');

function quotientsProgram(columns: readonly string[], body: string): CellProgram {
  return {cell: {name: 'quotient', cells: ['matrix'], columns, body}};
}

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function unitColumnsGradient(
  programs: Programs,
  {upstream, columns, norms}: Parameters<Kernels<TensorInfo>['unitColumnsGradient']>[0],
): TensorInfo {
  const along = columnSum(programs, products, columns.shape, {inputs: {upstream, columns}});
  const gradient = programs.cells(across, columns.shape, {inputs: {upstream, columns, norms, along}});
  programs.dispose(along);
  return gradient;
}

const cells = ['upstream', 'columns'];
const products: CellProgram = {cell: {name: 'product', cells, body: 'return upstream * columns;'}};
const acrossBody = 'return divided(upstream - along * columns, norms);';
const across: CellProgram = {cell: {name: 'across', cells, columns: ['norms', 'along'], body: acrossBody}};
