import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {SweepGradientInputs} from '../contract.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {elementwise, type WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';
import {stateText} from './state.js';

type Inputs = SweepGradientInputs<TensorInfo>;

/** The gradient by the scores. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function gradientByScores(
  backend: WebGpuBackend,
  {scores, classIds, rows, kernelNorms, upstream, state}: Inputs,
  sorted: SortedTerms,
): TensorInfo {
  return elementwise(backend, {
    inputs: {scores, classIds, rows, kernelNorms, upstream, state},
    uniforms: termUniforms(sorted),
    shape: scores.shape,
    text: `${stateText}${sorted.hasScaled ? byQuotientText : ''}
fn byScore(row : i32, j : i32, s : f32) -> f32 {
  if (j == classIds[row]) { return ofRow(BY_TRUE_SCORE, row); }
  var gradient = ${sorted.hasPlain ? 'ofRow(FACTOR, row) * expOfNegative(s - ofRow(MAX, row))' : '0.0'};
${[
  sorted.hinges.length > 0 ? hingesText(sorted) : '',
  ...sorted.softmaxes.map((_, s) => softmaxText(s, rows !== null)),
].join('')}
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
  sorted.hasScaled
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
      `  if (s > trueScore - uniforms.hingeMargin${h}) { gradient += uniforms.hingeWeight${h}; }
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

/** The gradient by ‖x‖. */
export function gradientByFeatureNorms(backend: WebGpuBackend, {upstream, state}: Inputs): TensorInfo {
  return elementwise(backend, {
    inputs: {upstream, state},
    shape: upstream.shape,
    text: `${stateText}
fn valueAt(row : i32) -> f32 {
  return upstream[row] * ofRow(BY_FEATURE_NORM, row);
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(
  backend: WebGpuBackend,
  {scores, classIds, upstream, state}: Inputs,
): TensorInfo {
  const [batch, classes] = scores.shape as [number, number];
  return reduction(backend, {
    inputs: {classIds, upstream, state},
    shape: [classes],
    axis: 0,
    length: batch,
    text: `${stateText}
struct Part { sum : f32, }

fn partOf(j : i32, first : i32) -> Part {
  var part = Part(0.0);
  for (var row = first; row < uniforms.upstreamShape; row += LANES) {
    if (classIds[row] == j) { part.sum += upstream[row] * ofRow(BY_BIAS, row); }
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  return Part(a.sum + b.sum);
}

fn finish(j : i32, whole : Part) {
  result[j] = whole.sum;
}`,
  });
}

/** The gradient by ‖W_j‖; by way of q = s_j/‖W_j‖, ∂q/∂‖W_j‖ = −q/‖W_j‖. */
export function gradientByKernelNorms(
  backend: WebGpuBackend,
  {scores, classIds, kernelNorms, upstream, state}: Inputs,
  {hasScaled}: SortedTerms,
): TensorInfo {
  const [batch, classes] = scores.shape as [number, number];
  return reduction(backend, {
    inputs: {scores, classIds, kernelNorms, upstream, state},
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
    if (classIds[row] == j) { part.sum += upstream[row] * ofRow(BY_KERNEL_NORM, row); }
${
  hasScaled
    ? `    let q = scores[row * uniforms.outShape + j] * inverseNorm;
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
