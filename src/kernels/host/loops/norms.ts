import type {TypedArray} from '@tensorflow/tfjs-core';
import {SMALLEST_NORMAL} from '../../limits.js';

/**
 * The norm of so many numbers. In doubles no square of a float32 overflows or vanishes. Four sums side by side, since an
 * addition has to wait for the one before it in the same sum only.
 */
export function rowNorm(values: TypedArray, from: number, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const end = from + count;
  let j = from;
  for (; j + 7 < end; j += 8) {
    const p = values[j]!;
    const q = values[j + 1]!;
    const r = values[j + 2]!;
    const s = values[j + 3]!;
    const t = values[j + 4]!;
    const u = values[j + 5]!;
    const v = values[j + 6]!;
    const w = values[j + 7]!;
    a += p * p + t * t;
    b += q * q + u * u;
    c += r * r + v * v;
    d += s * s + w * w;
  }
  for (; j < end; j++) a += values[j]! * values[j]!;
  return normOf(a + b + c + d);
}

/** Writes p·u + q·v of a row u and a vector v into a row of `result`. */
export function fillMultiples(
  values: TypedArray,
  from: number,
  p: number,
  vector: TypedArray,
  q: number,
  result: TypedArray,
): void {
  const count = vector.length;
  let i = from;
  let j = 0;
  for (; j + 3 < count; j += 4, i += 4) {
    result[i] = p * values[i]! + q * vector[j]!;
    result[i + 1] = p * values[i + 1]! + q * vector[j + 1]!;
    result[i + 2] = p * values[i + 2]! + q * vector[j + 2]!;
    result[i + 3] = p * values[i + 3]! + q * vector[j + 3]!;
  }
  for (; j < count; j++, i++) result[i] = p * values[i]! + q * vector[j]!;
}

/** Adds p·u of a row u to a vector. */
export function addMultiple(values: TypedArray, from: number, p: number, result: Float64Array): void {
  const count = result.length;
  let i = from;
  let j = 0;
  for (; j + 3 < count; j += 4, i += 4) {
    result[j]! += p * values[i]!;
    result[j + 1]! += p * values[i + 1]!;
    result[j + 2]! += p * values[i + 2]!;
    result[j + 3]! += p * values[i + 3]!;
  }
  for (; j < count; j++, i++) result[j]! += p * values[i]!;
}

/** The norms of the columns of a row-major matrix, row by row, as they lie in memory. */
export function columnNorms(matrix: TypedArray, norms: TypedArray): void {
  const columns = norms.length;
  const sums = new Float64Array(columns);
  for (let base = 0; base < matrix.length; base += columns) {
    for (let j = 0; j < columns; j++) {
      const value = matrix[base + j]!;
      sums[j]! += value * value;
    }
  }
  for (let j = 0; j < columns; j++) norms[j] = normOf(sums[j]!);
}

/** Each column times a factor over its norm, and 0 where that is 0. */
export function columnsOverNorms(
  matrix: TypedArray,
  norms: TypedArray,
  factors: TypedArray | null,
  result: TypedArray,
): void {
  const columns = norms.length;
  const scales = new Float64Array(columns);
  invertNorms(norms, scales);
  if (factors) for (let j = 0; j < columns; j++) scales[j]! *= factors[j]!;
  for (let base = 0; base < matrix.length; base += columns) {
    for (let j = 0; j < columns; j++) result[base + j] = matrix[base + j]! * scales[j]!;
  }
}

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function unitColumnsGradient(
  upstream: TypedArray,
  columns: TypedArray,
  norms: TypedArray,
  result: TypedArray,
): void {
  const classes = norms.length;
  const along = new Float64Array(classes);
  for (let base = 0; base < upstream.length; base += classes) {
    for (let j = 0; j < classes; j++) along[j]! += columns[base + j]! * upstream[base + j]!;
  }
  const inverses = new Float64Array(classes);
  invertNorms(norms, inverses);
  for (let base = 0; base < upstream.length; base += classes) {
    for (let j = 0; j < classes; j++) {
      // Not by a product with 0, of which a NaN would make NaN.
      const isZero = norms[j] === 0;
      result[base + j] = isZero ? 0 : (upstream[base + j]! - along[j]! * columns[base + j]!) * inverses[j]!;
    }
  }
}

/** Writes p·u of a row u; 0 for p = 0. Four at a time, since counting takes as long as multiplying. */
export function fillMultiple(
  values: TypedArray,
  from: number,
  to: number,
  p: number,
  result: TypedArray,
): void {
  if (p === 0) {
    result.fill(0, from, to);
    return;
  }
  let j = from;
  for (; j + 3 < to; j += 4) {
    result[j] = values[j]! * p;
    result[j + 1] = values[j + 1]! * p;
    result[j + 2] = values[j + 2]! * p;
    result[j + 3] = values[j + 3]! * p;
  }
  for (; j < to; j++) result[j] = values[j]! * p;
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norm: number): number {
  return norm === 0 ? 0 : 1 / norm;
}

/** Those of all norms. */
export function invertNorms(norms: TypedArray, inverses: Float64Array): void {
  for (let j = 0; j < norms.length; j++) inverses[j] = inverse(norms[j]!);
}

/** ‖v‖, of the sum of its squares; 0 below the normal range. */
export function normOf(sumOfSquares: number): number {
  const norm = Math.sqrt(sumOfSquares);
  return norm < SMALLEST_NORMAL ? 0 : norm;
}
