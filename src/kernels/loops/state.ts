import type {TypedArray} from '@tensorflow/tfjs-core';

/**
 * What is known of the examples on the way to their gradients: columns of [batch], one behind the other, and behind these, if there
 * is a kernel, the norms ‖W_j‖. So the place of a number is `column · batch + example`.
 */
export type State = TypedArray;

/** The id of the class, exact in float32 up to 2^24; −1 if there is none. */
export const CLASS_ID = 0;
/** M, the largest score but the true class's; of all, where there is no true class. */
export const MAX = 1;
/** The gradient by each of the other scores is the factor times e^{score − M}. NaN if all about the example is. */
export const FACTOR = 2;
/** The gradient of the cross-entropies by the true class's score. */
export const BY_TRUE_SCORE = 3;

/** As many columns there are where no term has a margin; with one, those that follow too. */
const COLUMNS_OF_SCORES = 4;

/** The same three of W_j·x over ‖W_j‖. */
export const SCALED_MAX = 4;
export const SCALED_FACTOR = 5;
export const BY_SCALED_TRUE_SCORE = 6;
/** The gradient by ‖x‖, by ‖W_y‖ and by the bias b_y, so far as the target logit depends on these directly. */
export const BY_FEATURE_NORM = 7;
export const BY_KERNEL_NORM = 8;
export const BY_BIAS = 9;
/** ‖x‖. */
export const FEATURE_NORM = 10;

const COLUMNS = 11;

/** How many numbers there are. */
export function stateSize(batch: number, classes: number, hasKernel: boolean): number {
  return hasKernel ? COLUMNS * batch + classes : COLUMNS_OF_SCORES * batch;
}

/** The norms ‖W_j‖ of a state that has them. */
export function kernelNormsIn(state: State, classes: number): TypedArray {
  return state.subarray(state.length - classes);
}

/** The id of an example's class: an integer for the compiler too, since an index that may be a fraction costs a loop a third of its time. */
export function classIdIn(state: State, batch: number, example: number): number {
  return state[CLASS_ID * batch + example]! | 0;
}
