import type {TypedArray} from '@tensorflow/tfjs-core';
import {numbers} from '../../arithmetic.js';
import {marginEffect} from '../../margin.js';
import type {TermOfKind} from '../sortTerms.js';
import {addCrossEntropy} from './crossEntropy.js';
import {quotientOf} from './exponentials.js';
import type {LossArrays} from './loss.js';
import {rowNorm} from './norms.js';
import type {Scratch} from './scratch.js';
import {
  BY_BIAS,
  BY_FEATURE_NORM,
  BY_KERNEL_NORM,
  BY_SCALED_TRUE_SCORE,
  BY_TRUE_SCORE,
  classIdIn,
  FACTOR,
  FEATURE_NORM,
  kernelNormsIn,
  MAX,
  SCALED_FACTOR,
  SCALED_MAX,
} from './state.js';

/** W_y·x and cos θ_y of every row, and ‖x‖, which the gradient wants too. */
export function measureAngles(
  {scores, features, kernel, bias, products, state}: LossArrays,
  {batch, classes, trueProducts, cosines}: Scratch,
): void {
  const depth = features!.length / batch;
  const kernelNorms = kernelNormsIn(state, classes);
  for (let i = 0; i < batch; i++) {
    state[FEATURE_NORM * batch + i] = rowNorm(features!, i * depth, depth);
  }
  for (let i = 0; i < batch; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    let product: number;
    if (products) product = products[i * classes + y]!;
    else if (!bias) product = scores[i * classes + y]!;
    // Taken out of the score, it would lose its digits to a large bias.
    else product = productOf(features!, i * depth, kernel!, y, classes, depth);
    trueProducts[i] = product;
    const lengths = state[FEATURE_NORM * batch + i]! * kernelNorms[y]!;
    cosines[i] = lengths === 0 ? 0 : Math.min(1, Math.max(-1, product / lengths));
  }
}

/** W_y·x. */
function productOf(
  features: TypedArray,
  from: number,
  kernel: TypedArray,
  y: number,
  classes: number,
  depth: number,
): number {
  let product = 0;
  for (let d = 0; d < depth; d++) product += features[from + d]! * kernel[d * classes + y]!;
  return product;
}

/** Cross-entropy with the logit f_y of a margin: f_y = s_y + n·gain, a function of cos θ_y and the length n. */
export function addMargin(
  arrays: LossArrays,
  {weight, m, share, scaled, withKernelNorm}: TermOfKind<'margin'>,
  scratch: Scratch,
): void {
  const {scores, state} = arrays;
  const {
    batch,
    classes,
    sums,
    scaledSums,
    inverseNorms,
    trueProducts,
    cosines,
    gaps,
    byProduct,
    byLength,
    byTarget,
  } = scratch;
  const kernelNorms = kernelNormsIn(state, classes);
  const effectOf = marginEffect(numbers, m);
  const maxColumn = scaled ? SCALED_MAX : MAX;
  const byTrueScoreColumn = scaled ? BY_SCALED_TRUE_SCORE : BY_TRUE_SCORE;
  for (let i = 0; i < batch; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const effect = effectOf(cosines[i]!, share);
    byProduct[i] = effect.byProduct;
    byLength[i] = effect.byLength;
    const featureNorm = state[FEATURE_NORM * batch + i]!;
    const length = withKernelNorm ? featureNorm * kernelNorms[y]! : featureNorm;
    const score = scaled ? quotientOf(trueProducts[i]!, inverseNorms[y]!) : scores[i * classes + y]!;
    gaps[i] = score + length * effect.gain - state[maxColumn * batch + i]!;
  }
  if (scaled) addCrossEntropy(arrays, weight, scratch, scaledSums, SCALED_FACTOR);
  else addCrossEntropy(arrays, weight, scratch, sums, FACTOR);
  for (let i = 0; i < batch; i++) {
    const y = classIdIn(state, batch, i);
    if (y < 0) continue;
    const byLengthOfRow = byTarget[i]! * byLength[i]!;
    state[byTrueScoreColumn * batch + i]! += byTarget[i]! * byProduct[i]!;
    if (withKernelNorm) {
      state[BY_FEATURE_NORM * batch + i]! += byLengthOfRow * kernelNorms[y]!;
      state[BY_KERNEL_NORM * batch + i]! += byLengthOfRow * state[FEATURE_NORM * batch + i]!;
      // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
      state[BY_BIAS * batch + i]! += byTarget[i]! * (1 - byProduct[i]!);
    } else {
      state[BY_FEATURE_NORM * batch + i]! += byLengthOfRow;
    }
  }
}
