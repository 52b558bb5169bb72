import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from '../../contract.js';
import {gpuKernels} from '../gpu.js';
import {
  capitalized,
  cellAtText,
  type CellProgram,
  cellText,
  type Programs,
  type Quantity,
  reader,
  type Records,
  type RowProgram,
  structText,
} from '../programs.js';
import {launch, type WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';
import {toWgsl} from './wgsl.js';

/** The kernels of the webgpu backend, in WGSL, which runs through the backend's own method for programs. */
export function webgpuKernels(given: object): Kernels<TensorInfo> {
  const backend = given as WebGpuBackend;
  return gpuKernels({
    rows: (program) => runRows(backend, program),
    recordsText,
    cells: (program) => runCells(backend, program),
    columnSums: (program) => sumColumns(backend, program),
    vector: (program) => runVector(backend, program),
    norms: (matrix, axis) => vectorNorms(backend, matrix, axis),
    readableIds: (ids) => ids,
    dispose: ({dataId}) => backend.disposeData(dataId),
  });
}

/** Records of rows: a number of all rows, then the next one. */
function runRows(backend: WebGpuBackend, {batch, records, sums, body, ...program}: RowProgram): TensorInfo {
  const fields = Object.values(records).flat();
  const writes = fields.map((name, place) => `result[${place} * uniforms.outShape[1] + row] = ${name};`);
  const finish = `${toWgsl(body)}
  ${writes.join('\n  ')}`;
  const shape = [fields.length, batch];
  if (sums) return reduction(backend, {...program, ...sums, shape, vectors: batch, axis: 1, finish});
  return launch(backend, {
    ...program,
    sizes: {...program.sizes, VECTORS: batch},
    shape,
    invocations: batch,
    main: `
fn main(row : i32) {
  if (row >= VECTORS) { return; }
  ${finish}
}`,
  });
}

function recordsText(input: string, records: Records): string {
  let place = 0;
  return Object.entries(records)
    .map(([name, fields]) => {
      const reads = fields.map(() => `${reader(input)}(${place++}, row)`);
      return `${structText(capitalized(name), fields)}
${capitalized(name)} ${name}Of(int row) {
  return ${capitalized(name)}(${reads.join(', ')});
}
`;
    })
    .join('');
}

function runCells(backend: WebGpuBackend, {cell, shape, text, ...source}: CellProgram): TensorInfo {
  return launch(backend, {
    ...source,
    shape: [...shape],
    invocations: shape[0] * shape[1],
    text: `${text}${cellText(cell)}${cellAtText(cell)}`,
    main: `
fn main(index : i32) {
  if (index >= uniforms.size) { return; }
  let row = index / uniforms.outShape[1];
  result[index] = ${cell.name}At(row, index - row * uniforms.outShape[1]);
}`,
  });
}

function sumColumns(backend: WebGpuBackend, {cell, shape, text, ...source}: CellProgram): TensorInfo {
  const [length, columns] = shape;
  const sum: Quantity = {
    name: 'sum',
    entries: cell,
    none: '0.0',
    step: 'return value + f;',
    merge: 'return whole.sum + part.sum;',
  };
  return reduction(backend, {
    ...source,
    text: `${text}${cellText(cell)}${cellAtText(cell)}`,
    quantities: [sum],
    shape: [columns],
    vectors: columns,
    length,
    axis: 0,
    finish: 'result[row] = whole.sum;',
  });
}

function runVector(
  backend: WebGpuBackend,
  {length, value, ...source}: Parameters<Programs['vector']>[0],
): TensorInfo {
  return launch(backend, {
    ...source,
    shape: [length],
    invocations: length,
    main: `
fn main(i : i32) {
  if (i < uniforms.size) { result[i] = ${toWgsl(value)}; }
}`,
  });
}

/** ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes in float32. */
function vectorNorms(backend: WebGpuBackend, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  const entries = {name: 'entry', cells: ['matrix'], body: 'return matrix;'};
  const quantities: Quantity[] = [
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
      step: 'float ratio = f / unlessSubnormal(largest, 1.0); return value + ratio * ratio;',
      isRelative: true,
      merge: `float ratio = part.largest / unlessSubnormal(whole.largest, 1.0);
  return whole.squares + part.squares * ratio * ratio;`,
    },
  ];
  const vectors = matrix.shape[1 - axis]!;
  return reduction(backend, {
    inputs: {matrix},
    text: `${cellText(entries)}${cellAtText(entries)}
float unlessSubnormal(float x, float otherwise) {
  return select(x, otherwise, x < SMALLEST_NORMAL);
}
`,
    quantities,
    shape: [vectors],
    vectors,
    length: matrix.shape[axis]!,
    axis,
    finish: 'result[row] = unlessSubnormal(whole.largest * sqrt(whole.squares), 0.0);',
  });
}
