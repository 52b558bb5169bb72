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
  const [dFeatureNorm, dSine] = [state.column('dFeatureNorm'), state.column('dSine')];
  if (dFeatureNorm) {
    fillByFeatureNorms(features!, state.featureNorms, upstream, dFeatureNorm, result);
  } else {
    result.fill(0);
  }
  if (!dSine) return;
  const tangent = new Tangent(features!, kernel!, upstream.length, state.kernelNorms.length);
  addOfTrueClass(state.classIds, upstream, dSine, (i, y, slope) => {
    tangent.addByFeatures(i, y, slope, result);
  });
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function kernelGradient(
  {features, kernel, upstream, dKernelNorms, result}: AngleArrays & {readonly dKernelNorms: TypedArray},
  state: State,
): void {
  columnsOverNorms(kernel!, state.kernelNorms, dKernelNorms, result);
  const dSine = state.column('dSine');
  if (!dSine) return;
  const tangent = new Tangent(features!, kernel!, upstream.length, state.kernelNorms.length);
  addOfTrueClass(state.classIds, upstream, dSine, (i, y, slope) => {
    tangent.addByKernel(i, y, slope, result);
  });
}
