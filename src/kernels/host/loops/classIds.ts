import type {TypedArray} from '@tensorflow/tfjs-core';
import {INVALID, UNLABELLED} from '../../../tensors/labels.js';

/** Writes which class each label names, or one of the codes where it names none. */
export function findClassIds(labels: TypedArray, hasRows: boolean, classes: number, ids: TypedArray): void {
  const batch = ids.length;
  if (hasRows) {
    const bits = bitsOf(labels);
    for (let i = 0; i < batch; i++) ids[i] = classIdOfRow(labels, bits, i * classes, classes);
  } else {
    for (let i = 0; i < batch; i++) {
      const id = labels[i]!;
      ids[i] = (id >= 0 && id < classes && Number.isInteger(id)) || id === UNLABELLED ? id : INVALID;
    }
  }
}

/** Integers that are 0 where the labels are. A float32 tensor that tfjs made of one of bools keeps its bytes, which are integers. */
function bitsOf(labels: TypedArray): TypedArray {
  if (labels.BYTES_PER_ELEMENT < 4) return labels;
  return new Int32Array(labels.buffer, labels.byteOffset, labels.length);
}

/**
 * The id of the class that a row from `from` on names, if it is one-hot. Of the zeros, which nearly all of it is, four at a time
 * are told by the bits of the numbers.
 */
function classIdOfRow(rows: TypedArray, bits: TypedArray, from: number, classes: number): number {
  let id = UNLABELLED;
  let j = 0;
  while (j < classes) {
    const at = from + j;
    if (j + 3 < classes && (bits[at]! | bits[at + 1]! | bits[at + 2]! | bits[at + 3]!) === 0) {
      j += 4;
      continue;
    }
    const value = rows[at]!;
    if (value !== 0) {
      if (value !== 1 || id >= 0) return INVALID;
      id = j;
    }
    j++;
  }
  return id;
}
