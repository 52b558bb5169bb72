import type {TensorInfo} from '@tensorflow/tfjs-core';
import {elementwise, type WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';

/** ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes in float32. */
export function vectorNorms(backend: WebGpuBackend, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  return reduction(backend, {
    inputs: {matrix},
    shape: [matrix.shape[1 - axis]!],
    axis,
    length: matrix.shape[axis]!,
    text: `
struct Part {
  largest : f32,
  squares : f32, // of the numbers over the largest
}

fn scaleOf(largest : f32) -> f32 {
  return select(largest, 1.0, largest < SMALLEST_NORMAL);
}

fn at(vector : i32, i : i32) -> f32 {
  return matrix[${axis === 0 ? 'i * uniforms.matrixShape[1] + vector' : 'vector * uniforms.matrixShape[1] + i'}];
}

fn partOf(vector : i32, first : i32) -> Part {
  var part = Part(0.0, 0.0);
  let length = uniforms.matrixShape[${axis}];
  for (var i = first; i < length; i += LANES) { part.largest = max(part.largest, abs(at(vector, i))); }
  let scale = scaleOf(part.largest);
  for (var i = first; i < length; i += LANES) {
    let scaled = at(vector, i) / scale;
    part.squares += scaled * scaled;
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  let largest = max(a.largest, b.largest);
  let ofA = a.largest / scaleOf(largest);
  let ofB = b.largest / scaleOf(largest);
  return Part(largest, a.squares * ofA * ofA + b.squares * ofB * ofB);
}

fn finish(vector : i32, whole : Part) {
  let norm = whole.largest * sqrt(whole.squares);
  result[vector] = select(norm, 0.0, norm < SMALLEST_NORMAL);
}`,
  });
}

/** Each column over its norm, times a factor if these are given. */
export function columnsOverNorms(
  backend: WebGpuBackend,
  matrix: TensorInfo,
  norms: TensorInfo,
  factors?: TensorInfo,
): TensorInfo {
  return elementwise(backend, {
    inputs: {matrix, norms, factors},
    shape: matrix.shape,
    text: `
fn valueAt(index : i32) -> f32 {
  let column = index % uniforms.matrixShape[1];
  if (norms[column] == 0.0) { return 0.0; }
  return matrix[index] / norms[column]${factors ? ' * factors[column]' : ''};
}`,
  });
}

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function gradientOfUnitColumns(
  backend: WebGpuBackend,
  upstream: TensorInfo,
  columns: TensorInfo,
  norms: TensorInfo,
): TensorInfo {
  const [length, count] = columns.shape as [number, number];
  const along = reduction(backend, {
    inputs: {upstream, columns},
    shape: [count],
    axis: 0,
    length,
    text: alongText,
  });
  const inputs = {upstream, columns, norms, along};
  const gradient = elementwise(backend, {inputs, shape: columns.shape, text: acrossText});
  backend.disposeData(along.dataId);
  return gradient;
}

/** u·g of each column. */
const alongText = `
struct Part { along : f32, }

fn partOf(column : i32, first : i32) -> Part {
  var part = Part(0.0);
  for (var i = first; i < uniforms.columnsShape[0]; i += LANES) {
    let index = i * uniforms.columnsShape[1] + column;
    part.along += columns[index] * upstream[index];
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  return Part(a.along + b.along);
}

fn finish(column : i32, whole : Part) {
  result[column] = whole.along;
}`;

const acrossText = `
fn valueAt(index : i32) -> f32 {
  let column = index % uniforms.columnsShape[1];
  if (norms[column] == 0.0) { return 0.0; }
  return (upstream[index] - along[column] * columns[index]) / norms[column];
}`;
