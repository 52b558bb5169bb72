import type {TypedArray} from '@tensorflow/tfjs-core';
import {Tangent} from './angle.js';
import {addOfTrueClass} from './lossGradient.js';
import {columnsOverNorms, fillByFeatureNorms} from './norms.js';
import type {State} from './state.js';

/** What both gradients are computed from. */
interface AngleArrays {
  readonly features?: TypedArray | undefined;
  readonly kernel?: TypedArray | undefined;
  readonly upstream: TypedArray;
  readonly result: TypedArray;
}

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function featuresGradient({features, kernel, upstream, result}: AngleArrays, state: State): void {
  const {classIds, featureNorms, columns} = state;
  if (columns.dFeatureNorm) {
    fillByFeatureNorms(features!, featureNorms, upstream, columns.dFeatureNorm, result);
  } else {
    result.fill(0);
  }
  if (!columns.dSine) return;
  const tangent = new Tangent(features!, kernel!, upstream.length, state.kernelNorms.length);
  addOfTrueClass(classIds, upstream, columns.dSine, (i, y, slope) => {
    tangent.addByFeatures(i, y, slope, result);
  });
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function kernelGradient(
  {features, kernel, upstream, dKernelNorms, result}: AngleArrays & {readonly dKernelNorms: TypedArray},
  {classIds, kernelNorms, columns}: State,
): void {
  columnsOverNorms(kernel!, kernelNorms, dKernelNorms, result);
  if (!columns.dSine) return;
  const tangent = new Tangent(features!, kernel!, upstream.length, kernelNorms.length);
  addOfTrueClass(classIds, upstream, columns.dSine, (i, y, slope) => {
    tangent.addByKernel(i, y, slope, result);
  });
}
