import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {GpuBackwardInputs} from '../gpu.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {elementwise, type WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';
import {stateText} from './state.js';

/** The gradient by the scores. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function gradientByScores(
  backend: WebGpuBackend,
  inputs: GpuBackwardInputs,
  terms: SortedTerms,
): TensorInfo {
  const {hasPlain, hinges, softmaxes} = terms;
  const hasRows = inputs.rows !== undefined;
  const hasScaled = terms.hasScaled && inputs.products === inputs.scores;
  return elementwise(backend, {
    inputs: {...inputs},
    uniforms: termUniforms(terms),
    shape: inputs.scores.shape,
    text: `${stateText}${hasScaled ? byQuotientText : ''}
fn byScore(row : i32, j : i32, s : f32) -> f32 {
  if (j == classIds[row]) { return ofRow(BY_TRUE_SCORE, row); }
  var gradient = ${hasPlain ? 'ofRow(FACTOR, row) * expOfNegative(s - ofRow(MAX, row))' : '0.0'};
${[hinges.length > 0 ? hingesText(terms) : '', ...softmaxes.map((_, s) => softmaxText(s, hasRows))].join('')}
  return gradient;
}

fn valueAt(index : i32) -> f32 {
  let classes = uniforms.scoresShape[1];
  let row = index / classes;
  let j = index - row * classes;
  if (isnan(ofRow(LOSS, row))) { return uniforms.NAN; }
  let s = scores[index];
  var gradient = byScore(row, j, s);
${
  hasScaled
    ? `  let inverseNorm = inverse(kernelNorms[j]);
  gradient += byQuotient(row, j, s * inverseNorm) * inverseNorm;
`
    : ''
}  return upstream[row] * gradient;
}`,
  });
}

/** By q = s_j/‖W_j‖. */
const byQuotientText = `
fn byQuotient(row : i32, j : i32, q : f32) -> f32 {
  if (j == classIds[row]) { return ofRow(BY_SCALED_TRUE_SCORE, row); }
  return ofRow(SCALED_FACTOR, row) * expOfNegative(q - ofRow(SCALED_MAX, row));
}
`;

function hingesText({hinges}: SortedTerms): string {
  return `
  let trueScore = scores[row * uniforms.scoresShape[1] + classIds[row]];
${hinges
  .map(
    (_, h) =>
      `  if ((s - trueScore) + uniforms.hingeMargin${h} > 0.0) { gradient += uniforms.hingeWeight${h}; }
`,
  )
  .join('')}`;
}

function softmaxText(s: number, hasRows: boolean): string {
  const smoothing = `uniforms.labelSmoothing${s}`;
  const everyClass = `${smoothing} / f32(uniforms.scoresShape[1])`;
  const ofLabel = hasRows ? ` + (1.0 - ${smoothing}) * f32(rows[row * uniforms.scoresShape[1] + j])` : '';
  return `
  gradient -= uniforms.softmaxWeight${s} * (${everyClass}${ofLabel});
`;
}

/** The gradient by the products, where these are not the scores. */
export function gradientByProducts(backend: WebGpuBackend, inputs: GpuBackwardInputs): TensorInfo {
  return elementwise(backend, {
    inputs: {...inputs},
    shape: inputs.products.shape,
    text: `${stateText}${byQuotientText}
fn valueAt(index : i32) -> f32 {
  let classes = uniforms.productsShape[1];
  let row = index / classes;
  let j = index - row * classes;
  if (isnan(ofRow(LOSS, row))) { return uniforms.NAN; }
  let inverseNorm = inverse(kernelNorms[j]);
  return upstream[row] * byQuotient(row, j, products[index] * inverseNorm) * inverseNorm;
}`,
  });
}

/** The gradient by the features, so far as it goes by way of ‖x‖. */
export function gradientByFeatures(
  backend: WebGpuBackend,
  features: TensorInfo,
  featureNorms: TensorInfo,
  upstream: TensorInfo,
  state: TensorInfo,
): TensorInfo {
  return elementwise(backend, {
    inputs: {features, featureNorms, upstream, state},
    shape: features.shape,
    text: `${stateText}
fn valueAt(index : i32) -> f32 {
  let row = index / uniforms.featuresShape[1];
  if (isnan(ofRow(LOSS, row))) { return uniforms.NAN; }
  if (featureNorms[row] == 0.0) { return 0.0; }
  return features[index] / featureNorms[row] * upstream[row] * ofRow(BY_FEATURE_NORM, row);
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(backend: WebGpuBackend, inputs: GpuBackwardInputs): TensorInfo {
  return sumOverBatch(backend, inputs, 'BY_BIAS', false);
}

/** The gradient by ‖W_j‖; by way of q = s_j/‖W_j‖, ∂q/∂‖W_j‖ = −q/‖W_j‖. */
export function gradientByKernelNorms(
  backend: WebGpuBackend,
  inputs: GpuBackwardInputs,
  {hasScaled}: SortedTerms,
): TensorInfo {
  return sumOverBatch(backend, inputs, 'BY_KERNEL_NORM', hasScaled);
}

/**
 * Sums over the rows, [classes]: of upstream times a number of the state, each for the row's own class, and of what goes by way
 * of q.
 */
function sumOverBatch(
  backend: WebGpuBackend,
  inputs: GpuBackwardInputs,
  ofTrueClass: 'BY_BIAS' | 'BY_KERNEL_NORM',
  hasScaled: boolean,
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  return reduction(backend, {
    inputs: {...inputs},
    shape: [classes],
    axis: 0,
    length: batch,
    text: `${stateText}${hasScaled ? byQuotientText : ''}
struct Part {
  sum : f32,
  along : f32, // Σ q ∂/∂q
}

fn partOf(j : i32, first : i32) -> Part {
  var part = Part(0.0, 0.0);
${hasScaled ? '  let inverseNorm = inverse(kernelNorms[j]);' : ''}
  for (var row = first; row < uniforms.upstreamShape; row += LANES) {
    if (classIds[row] == j) { part.sum += upstream[row] * ofRow(${ofTrueClass}, row); }
${
  hasScaled
    ? `    let q = products[row * uniforms.outShape + j] * inverseNorm;
    part.along += upstream[row] * byQuotient(row, j, q) * q;`
    : ''
}
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  return Part(a.sum + b.sum, a.along + b.along);
}

fn finish(j : i32, whole : Part) {
  result[j] = whole.sum${hasScaled ? ' - whole.along * inverse(kernelNorms[j])' : ''};
}`,
  });
}
