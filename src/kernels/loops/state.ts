import type {TypedArray} from '@tensorflow/tfjs-core';

/** What is known of each row on the way to its gradient: so many numbers. Behind all rows, if there is a kernel, are the norms ‖W_j‖. */
export const STATE_SIZE = 14;

/** The id of the class, exact in float32 up to 2^24; −1 if there is none. */
export const CLASS_ID = 0;
/** M, the largest score but the true class's, and S = Σ e^{score − M} over the same. */
export const MAX = 1;
export const SUM = 2;
/** The gradient by each of those is the factor times e^{score − M}. */
export const FACTOR = 3;
/** The same of W_j·x over ‖W_j‖. */
export const SCALED_MAX = 4;
export const SCALED_SUM = 5;
export const SCALED_FACTOR = 6;
/** The gradient of the cross-entropies by the true class's score, and by W_y·x over ‖W_y‖. */
export const BY_TRUE_SCORE = 7;
export const BY_SCALED_TRUE_SCORE = 8;
/** Their gradient by ‖x‖, by ‖W_y‖ and by the bias b_y, so far as the target logit depends on these directly. */
export const BY_FEATURE_NORM = 9;
export const BY_KERNEL_NORM = 10;
export const BY_BIAS = 11;
/** ‖x‖. */
export const FEATURE_NORM = 12;
/** W_y·x. */
export const PRODUCT = 13;

/** The norms ‖W_j‖ of a state that has them. */
export function kernelNormsIn(state: TypedArray, classes: number): TypedArray {
  return state.subarray(state.length - classes);
}
