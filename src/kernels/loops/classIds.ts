import type {TypedArray} from '@tensorflow/tfjs-core';

/** The id of the class that a row from `from` on names, if it is one-hot, else −1. */
export function classIdOf(rows: TypedArray, from: number, classes: number): number {
  let id = -1;
  for (let j = 0; j < classes; j++) {
    const value = rows[from + j]!;
    if (value === 0) continue;
    if (value !== 1 || id >= 0) return -1;
    id = j;
  }
  return id;
}
