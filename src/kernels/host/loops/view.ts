import type {TypedArray} from '@tensorflow/tfjs-core';
import {SMALLEST_LENGTHS, type Stream} from '../../../formula/plan.js';
import {inverse, invertNorms} from './norms.js';
import type {State} from './state.js';

/** The logits of a stream, a row at a time. */
export interface View {
  /** Where they are: the source itself, or room for one row. */
  readonly values: TypedArray;
  /** By what the source is multiplied for the row last shown; null if the logits are the source. */
  readonly factors: Float64Array | null;
  /** Brings the logits of a row into `values`, and returns where they begin. */
  show(row: number): number;
}

/** The view of a stream: of the logits as they are, or of W_j·x times 1/‖W_j‖, s/‖x‖ or both. */
export function viewOf(
  stream: Stream,
  source: TypedArray,
  classes: number,
  state: State,
  numbers: Readonly<Record<string, number>>,
): View {
  const {overKernelNorm, scale} = stream;
  if (!overKernelNorm && scale === undefined) {
    return {values: source, factors: null, show: (row) => row * classes};
  }
  const values = new Float32Array(classes);
  const ofClasses = new Float64Array(classes).fill(1);
  if (overKernelNorm) invertNorms(state.kernelNorms, ofClasses);
  const factors = scale === undefined ? ofClasses : new Float64Array(classes);
  return {
    values,
    factors,
    show(row) {
      if (scale !== undefined) {
        fillFactors(ofClasses, inverse(state.featureNorms[row]!), numbers[scale]!, factors);
      }
      const from = row * classes;
      for (let j = 0; j < classes; j++) values[j] = source[from + j]! * factors[j]!;
      return 0;
    },
  };
}

/** s/(‖x‖‖W_j‖), and 0 where the lengths are too small for a cosine. */
function fillFactors(ofClasses: Float64Array, ofRow: number, scale: number, factors: Float64Array): void {
  for (let j = 0; j < factors.length; j++) {
    const ofBoth = ofRow * ofClasses[j]!;
    factors[j] = ofBoth < 1 / SMALLEST_LENGTHS ? scale * ofBoth : 0;
  }
}
