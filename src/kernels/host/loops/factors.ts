import {SMALLEST_LENGTHS, type Stream} from '../../../formula/plan.js';
import {inverse, invertNorms} from './norms.js';
import type {State} from './state.js';

/** By what W_j·x is multiplied in one row to give the logits of a stream that is not plain: 1/‖W_j‖, s/‖x‖ or both. */
export type FactorsOfRow = (row: number) => Float64Array;

/** The factors of a stream, which hold until those of another row are asked for; null if its logits are its source. */
export function factorsOf(
  {overKernelNorm, scale}: Stream,
  classes: number,
  {kernelNorms, featureNorms}: State,
  numbers: readonly number[],
): FactorsOfRow | null {
  if (!overKernelNorm && scale === undefined) return null;
  const ofClasses = new Float64Array(classes).fill(1);
  if (overKernelNorm) invertNorms(kernelNorms, ofClasses);
  if (scale === undefined) return () => ofClasses;
  const factors = new Float64Array(classes);
  return (row) => {
    fill(factors, ofClasses, inverse(featureNorms[row]!), numbers[scale]!);
    return factors;
  };
}

/** s/(‖x‖‖W_j‖), and 0 where the lengths are too small for a cosine. */
function fill(factors: Float64Array, ofClasses: Float64Array, ofRow: number, scale: number): void {
  for (let j = 0; j < factors.length; j++) {
    const ofBoth = ofRow * ofClasses[j]!;
    factors[j] = ofBoth < 1 / SMALLEST_LENGTHS ? scale * ofBoth : 0;
  }
}
