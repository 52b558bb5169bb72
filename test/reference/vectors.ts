/** The little linear algebra the oracle needs, in float64 and plain arrays. */

export type Vector = readonly number[];
/** Row-major: `matrix[row]![column]`. */
export type Matrix = readonly Vector[];

export function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/** Σ|a_i·b_i|: what rounding errors of the product are relative to. */
export function sizeOfProduct(a: Vector, b: Vector): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value * b[index]!), 0);
}

/** ‖a‖₂; `Math.hypot` neither overflows nor underflows on the way. */
export function norm(a: Vector): number {
  return Math.hypot(...a);
}

export function scale(factor: number, a: Vector): number[] {
  return a.map((value) => factor * value);
}

export function add(a: Vector, b: Vector): number[] {
  return a.map((value, index) => value + b[index]!);
}

/** a / ‖a‖, and the zero vector for the zero vector. */
export function unit(a: Vector): number[] {
  const length = norm(a);
  return a.map((value) => (length === 0 ? 0 : value / length));
}

/**
 * The angle between two vectors in [0, π], by Kahan's 2·atan2(|u − v|, |u + v|) on the unit vectors: accurate
 * to the last bits at every angle, where acos(u·v) loses half of the digits near 0 and π. By convention π/2
 * when either vector is 0.
 */
export function angleBetween(a: Vector, b: Vector): number {
  const u = unit(a);
  const v = unit(b);
  if (norm(u) === 0 || norm(v) === 0) {
    return Math.PI / 2;
  }
  return 2 * Math.atan2(norm(add(u, scale(-1, v))), norm(add(u, v)));
}

/** Whether the angle is exactly 0 or π. For float32 numbers that is exact: their products fit into float64. */
export function areParallel(a: Vector, b: Vector): boolean {
  return a.every((p, i) => a.every((q, j) => p * b[j]! === q * b[i]!));
}

export function column(matrix: Matrix, index: number): number[] {
  return matrix.map((row) => row[index]!);
}

/** The matrix of these rows: features written as x_1, x_2, … */
export function fromRows(...rows: readonly Vector[]): Matrix {
  return rows;
}

/** The matrix of these columns: a kernel written as W_1, W_2, … */
export function fromColumns(...columns: readonly Vector[]): number[][] {
  return columns[0]!.map((_, row) => columns.map((values) => values[row]!));
}

export function zeros(rows: number, columns: number): number[][] {
  return Array.from({length: rows}, () => new Array<number>(columns).fill(0));
}

/** Adds `vector` to column `index` of `matrix`, in place. */
export function addToColumn(matrix: number[][], index: number, vector: Vector): void {
  for (const [rowIndex, row] of matrix.entries()) {
    row[index]! += vector[rowIndex]!;
  }
}

/** Adds `vector` to row `index` of `matrix`, in place. */
export function addToRow(matrix: number[][], index: number, vector: Vector): void {
  matrix[index] = add(matrix[index]!, vector);
}
