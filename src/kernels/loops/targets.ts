import type {TypedArray} from '@tensorflow/tfjs-core';
import {numbers} from '../../arithmetic.js';
import {marginEffect} from '../../margin.js';
import type {MarginTarget} from '../contract.js';
import {inverse} from './norms.js';

/** The arrays of the kernel `targets`. */
export interface TargetsArrays {
  readonly scores: TypedArray;
  readonly products: TypedArray;
  readonly classIds: TypedArray;
  readonly featureNorms: TypedArray;
  readonly kernelNorms: TypedArray;
  readonly targets: TypedArray;
}

/** The numbers that a target has in each row: f_y, ∂f_y/∂u and ∂f_y/∂n. */
export const TARGET_SIZE = 3;

/** The target logits of every example. */
export function computeTargets(arrays: TargetsArrays, margins: readonly MarginTarget[]): void {
  const {scores, products, classIds, featureNorms, kernelNorms, targets} = arrays;
  const classes = kernelNorms.length;
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]!;
    // NaN beyond the classes: undefined would be neither.
    const isClass = y >= 0 && y < classes;
    const score = isClass ? scores[i * classes + y]! : Number.NaN;
    const product = isClass ? products[i * classes + y]! : Number.NaN;
    const kernelNorm = isClass ? kernelNorms[y]! : Number.NaN;
    const featureNorm = featureNorms[i]!;
    const cosine = quotient(product, featureNorm * kernelNorm);
    for (let t = 0; t < margins.length; t++) {
      const {m, share, scaled, withKernelNorm} = margins[t]!;
      const {gain, byProduct, byLength} = marginEffect(numbers, cosine, m, share);
      const plain = scaled ? Math.fround(score * inverse(kernelNorm)) : score;
      const length = withKernelNorm ? featureNorm * kernelNorm : featureNorm;
      const at = (i * margins.length + t) * TARGET_SIZE;
      targets[at] = plain + length * gain;
      targets[at + 1] = byProduct;
      targets[at + 2] = byLength;
    }
  }
}

/** cos θ_y in [−1, 1]: 0 where x or W_y is 0 and there is no angle. */
function quotient(product: number, lengths: number): number {
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, product / lengths));
}
