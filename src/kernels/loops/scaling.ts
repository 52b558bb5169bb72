import type {TypedArray} from '@tensorflow/tfjs-core';
import {inverse} from './norms.js';
import type {Row} from './row.js';

/** What it takes to divide a row of scores by ‖W_j‖. */
export interface Scaling {
  /** 1/‖W_j‖, and 0 where ‖W_j‖ is 0. */
  readonly inverseNorms: Float64Array;
  /** Where the quotients of the row at hand go, and the gradient by these: a row of each, not a matrix. */
  readonly quotients: Float32Array;
  readonly byQuotients: Float32Array;
}

export function scalingBy(kernelNorms: TypedArray): Scaling {
  return {
    inverseNorms: Float64Array.from(kernelNorms, inverse),
    quotients: new Float32Array(kernelNorms.length),
    byQuotients: new Float32Array(kernelNorms.length),
  };
}

/** The scores of a row over ‖W_j‖, and where the true class is among these. */
export function scaledRow(
  scores: TypedArray,
  {index, from, to, at}: Row,
  {inverseNorms, quotients}: Scaling,
): [quotients: Float32Array, row: Row] {
  for (let j = 0; j < quotients.length; j++) quotients[j] = scores[from + j]! * inverseNorms[j]!;
  return [quotients, {index, from: 0, to: to - from, at: at - from}];
}
