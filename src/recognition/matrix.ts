import {abs, clipByValue, divNoNan, max, norm, type Tensor2D} from '@tensorflow/tfjs-core';

/** The features of examples, in memory that is not the device's: one row an example. */
export interface Features {
  readonly count: number;
  readonly width: number;
  /** Row by row. */
  readonly values: Float32Array;
}

/** The rows from `start` on, `count` of them or as many as there are; they share their memory with the others. */
export function rowsOf({values, width, count: all}: Features, start: number, count: number): Features {
  const end = Math.min(start + count, all);
  return {count: end - start, width, values: values.subarray(start * width, end * width)};
}

/** The rows at these places, copied. */
export function selectRows(features: Features, places: readonly number[]): Features {
  const {width} = features;
  const values = new Float32Array(places.length * width);
  places.forEach((place, i) => {
    values.set(rowsOf(features, place, 1).values, i * width);
  });
  return {count: places.length, width, values};
}

/** Rows one after another. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/** Scales every row to length 1. Zero rows stay zero. */
export function unitRows({values, width, count}: Features): Features {
  const units = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) continue;
    let squares = 0;
    for (const value of row) squares += (value / largest) ** 2; // of any size, without overflow
    const length = largest * Math.sqrt(squares);
    for (let i = 0; i < width; i++) units[start + i] = row[i]! / length;
  }
  return {count, width, values: units};
}

/** Scales every column of a tensor to length 1. Zero columns stay zero. */
export function unitColumns(matrix: Tensor2D): Tensor2D {
  const scaled = divNoNan<Tensor2D>(matrix, max(abs(matrix), 0, true));
  return divNoNan(scaled, norm(scaled, 'euclidean', 0, true));
}

/** Cosines as they should be, whatever they were rounded to. */
export function asCosines(products: Tensor2D): Tensor2D {
  return clipByValue(products, -1, 1);
}
