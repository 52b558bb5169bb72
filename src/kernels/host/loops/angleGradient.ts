import type {TypedArray} from '@tensorflow/tfjs-core';
import {Angles} from './angle.js';
import {addMultiple, columnsOverNorms, fillMultiple, fillMultiples, inverse} from './norms.js';
import {forSlopes} from './rows.js';
import type {State} from './state.js';

/** What both gradients are computed from. */
interface AngleArrays {
  readonly products: TypedArray;
  readonly features?: TypedArray | undefined;
  readonly kernel?: TypedArray | undefined;
  readonly upstream: TypedArray;
  readonly result: TypedArray;
}

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function featuresGradient(arrays: AngleArrays, state: State): void {
  const {products, features, kernel, upstream, result} = arrays;
  const {classIds, featureNorms} = state;
  const batch = upstream.length;
  const depth = features!.length / batch;
  const [byNorm, bySine] = [new Float64Array(batch), new Float64Array(batch)];
  forSlopes({classIds, upstream}, state.column('dFeatureNorm'), (i, _, slope) => {
    byNorm[i] = slope * inverse(featureNorms[i]!);
  });
  forSlopes({classIds, upstream}, state.column('dSine'), (i, _, slope) => {
    bySine[i] = slope;
  });
  const angles = kernel && new Angles({products, features: features!, kernel}, state);
  for (let i = 0; i < batch; i++) {
    const y = classIds[i]! | 0;
    const from = i * depth;
    const slope = bySine[i]!;
    const slopes = slope === 0 ? null : angles!.slopes(i, y);
    if (slopes) {
      const along = byNorm[i]! + slope * slopes.alongX;
      fillMultiples(features!, from, along, angles!.weightsOf(y), slope * slopes.across, result);
    } else {
      fillMultiple(features!, from, from + depth, byNorm[i]!, result);
    }
  }
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function kernelGradient(
  arrays: AngleArrays & {readonly dKernelNorms: TypedArray},
  state: State,
): void {
  const {products, features, kernel, upstream, dKernelNorms, result} = arrays;
  columnsOverNorms(kernel!, state.kernelNorms, dKernelNorms, result);
  const dSine = state.column('dSine');
  if (!dSine) return;
  const angles = new Angles({products, features: features!, kernel: kernel!}, state);
  const classes = state.kernelNorms.length;
  const depth = features!.length / upstream.length;
  // Of each class, Σ across·x and Σ alongW.
  const sums = new Map<number, Float64Array>();
  const alongW = new Float64Array(classes);
  forSlopes({classIds: state.classIds, upstream}, dSine, (i, y, slope) => {
    const slopes = angles.slopes(i, y);
    if (!slopes) return;
    const sum = sums.get(y) ?? new Float64Array(depth);
    sums.set(y, sum);
    addMultiple(features!, i * depth, slope * slopes.across, sum);
    alongW[y]! += slope * slopes.alongW;
  });
  for (const [y, sum] of sums) {
    for (let d = 0; d < depth; d++) {
      const place = d * classes + y;
      result[place]! += sum[d]! + alongW[y]! * kernel![place]!;
    }
  }
}
