import type {TypedArray} from '@tensorflow/tfjs-core';
import {SMALLEST_LENGTHS, type Stream} from '../../../formula/plan.js';
import {inverse, invertNorms} from './norms.js';
import type {State} from './state.js';

/** By what the source of a stream is multiplied in one row to give its logits: 1/‖W_j‖, s/‖x‖ or both; 1 for adjusted logits. */
export type FactorsOfRow = (row: number) => Float64Array;

/** Whether the logits of a stream are not just the output of the model. */
export function hasFactors({overKernelNorm, scale, offsets}: Stream): boolean {
  return overKernelNorm || scale !== undefined || offsets !== undefined;
}

/** What a stream is made of, [batch, classes]: logits or products, or the logits with the offsets of their classes. */
export function sourceOf(
  {source, offsets}: Stream,
  {
    logits,
    products,
    perClass,
  }: {logits: TypedArray; products?: TypedArray | undefined; perClass?: TypedArray | undefined},
  classes: number,
): TypedArray {
  if (source === 'products') return products!;
  if (offsets === undefined) return logits;
  const ofClasses = perClass!.subarray(offsets * classes, (offsets + 1) * classes);
  const adjusted = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    for (let j = 0; j < classes; j++) adjusted[from + j] = logits[from + j]! + ofClasses[j]!;
  }
  return adjusted;
}

/** The factors of a stream, which hold until those of another row are asked for; null if its logits are the output of the model. */
export function factorsOf(
  stream: Stream,
  classes: number,
  {kernelNorms, featureNorms}: State,
  numbers: readonly number[],
): FactorsOfRow | null {
  if (!hasFactors(stream)) return null;
  const {overKernelNorm, scale} = stream;
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
