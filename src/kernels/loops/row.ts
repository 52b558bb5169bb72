import type {TypedArray} from '@tensorflow/tfjs-core';

/** The arrays that both sweeps read; null as in the contract. */
export interface SweptArrays {
  readonly scores: TypedArray;
  readonly classIds: TypedArray;
  readonly rows: TypedArray | null;
  readonly kernelNorms: TypedArray | null;
}

/** The numbers that the first sweep leaves for the second: this many a row. */
export const STATE_SIZE = 9;

/** The largest score but the true class's; the gradient by each of those is the factor times e^{score − largest}. */
export const MAX = 0;
export const FACTOR = 1;
/** The same of the scores over ‖W_j‖. */
export const SCALED_MAX = 2;
export const SCALED_FACTOR = 3;
/** The gradient of the cross-entropies by the true class's score, and by that score over ‖W_y‖. */
export const BY_TRUE_SCORE = 4;
export const BY_SCALED_TRUE_SCORE = 5;
/** Their gradient by ‖x‖, by ‖W_y‖ and by the bias b_y, so far as the target logit depends on these directly. */
export const BY_FEATURE_NORM = 6;
export const BY_KERNEL_NORM = 7;
export const BY_BIAS = 8;

/** Where a row lies in [batch, classes] and in the state, and where the true class is. */
export interface Row {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** Where the true class is; `to` if the row has none. */
  readonly at: number;
  /** Where the row's part of the state begins. */
  readonly state: number;
}

export function rowOf(classIds: TypedArray, index: number, classes: number): Row {
  const from = index * classes;
  const y = classIds[index]!;
  const isClass = y >= 0 && y < classes;
  return {index, from, to: from + classes, at: from + (isClass ? y : classes), state: index * STATE_SIZE};
}
