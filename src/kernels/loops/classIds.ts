import type {TypedArray} from '@tensorflow/tfjs-core';

/** The id of the class of each one-hot row, and −1 for any other row. */
export function findClassIds(labels: TypedArray, ids: TypedArray): void {
  const classes = labels.length / ids.length;
  for (let i = 0; i < ids.length; i++) ids[i] = classOf(labels, i * classes, classes);
}

function classOf(labels: TypedArray, base: number, classes: number): number {
  let id = -1;
  for (let j = 0; j < classes; j++) {
    const value = labels[base + j]!;
    if (value === 0) continue;
    if (value !== 1 || id >= 0) return -1;
    id = j;
  }
  return id;
}
