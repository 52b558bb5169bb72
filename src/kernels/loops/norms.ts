import type {TypedArray} from '@tensorflow/tfjs-core';

/** The smallest normal float32. The reciprocals of smaller numbers overflow, and graphics processors take them for 0. */
export const SMALLEST_NORMAL = 2 ** -126;

/** Norms of the rows of a row-major matrix. In doubles no square of a float32 overflows or vanishes. */
export function rowNorms(matrix: TypedArray, norms: TypedArray): void {
  const columns = matrix.length / norms.length;
  for (let i = 0; i < norms.length; i++) norms[i] = normOf(sumOfSquares(matrix, i * columns, columns));
}

/** Four sums side by side, since an addition has to wait for the one before it in the same sum only. */
function sumOfSquares(values: TypedArray, from: number, count: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = from + count;
  let j = from;
  for (; j + 3 < end; j += 4) {
    a += values[j]! * values[j]!;
    b += values[j + 1]! * values[j + 1]!;
    c += values[j + 2]! * values[j + 2]!;
    d += values[j + 3]! * values[j + 3]!;
  }
  for (; j < end; j++) a += values[j]! * values[j]!;
  return a + b + c + d;
}

/** Norms of its columns, row by row, as they lie in memory. */
export function columnNorms(matrix: TypedArray, norms: TypedArray): void {
  const columns = norms.length;
  const sums = new Float64Array(columns);
  for (let base = 0; base < matrix.length; base += columns) {
    for (let j = 0; j < columns; j++) sums[j]! += matrix[base + j]! * matrix[base + j]!;
  }
  for (let j = 0; j < columns; j++) norms[j] = normOf(sums[j]!);
}

/** Each row with its norm replaced by a length. */
export function rowsWithLengths(
  matrix: TypedArray,
  norms: TypedArray,
  lengths: TypedArray,
  result: TypedArray,
): void {
  const columns = matrix.length / norms.length;
  for (let i = 0; i < norms.length; i++) {
    const factor = lengths[i]! * inverse(norms[i]!);
    for (let j = i * columns; j < (i + 1) * columns; j++) result[j] = matrix[j]! * factor;
  }
}

/** Each column with its norm replaced by a length. */
export function columnsWithLengths(
  matrix: TypedArray,
  norms: TypedArray,
  lengths: TypedArray,
  result: TypedArray,
): void {
  const columns = norms.length;
  const factors = Float64Array.from(norms, (norm, j) => lengths[j]! * inverse(norm));
  for (let base = 0; base < matrix.length; base += columns) {
    for (let j = 0; j < columns; j++) result[base + j] = matrix[base + j]! * factors[j]!;
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
  const factors = inversesOf(norms);
  for (let base = 0; base < upstream.length; base += classes) {
    for (let j = 0; j < classes; j++) {
      result[base + j] = (upstream[base + j]! - along[j]! * columns[base + j]!) * factors[j]!;
    }
  }
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norm: number): number {
  return norm === 0 ? 0 : 1 / norm;
}

/** Those of all norms. */
export function inversesOf(norms: TypedArray): Float64Array {
  return Float64Array.from(norms, inverse);
}

function normOf(sumOfSquares: number): number {
  const norm = Math.sqrt(sumOfSquares);
  return norm < SMALLEST_NORMAL ? 0 : norm;
}
