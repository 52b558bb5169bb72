import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {SweepGradientInputs} from '../contract.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {launch, type WebGlBackend} from './program.js';
import {namesText} from './state.js';

type Inputs = SweepGradientInputs<TensorInfo>;

/** By q = s_j/‖W_j‖. */
const byQuotientText = `
float byQuotient(int row, bool isTrueClass, float q) {
  if (isTrueClass) return getState(BY_SCALED_TRUE_SCORE, row);
  return getState(SCALED_FACTOR, row) * expOfNegative(q - getState(SCALED_MAX, row));
}
`;

/** The gradient by the scores. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function gradientByScores(
  backend: WebGlBackend,
  {scores, classIds, rows, kernelNorms, upstream, state}: Inputs,
  sorted: SortedTerms,
): TensorInfo {
  const classes = scores.shape[1]!;
  return launch(backend, {
    inputs: {scores, classIds, rows, kernelNorms: sorted.hasScaled ? kernelNorms : null, upstream, state},
    uniforms: termUniforms(sorted),
    shape: scores.shape,
    text: `${namesText}${sorted.hasScaled ? byQuotientText : ''}
float byScore(int row, int j, int y, float s) {
  if (j == y) return getState(BY_TRUE_SCORE, row);
  float gradient = ${sorted.hasPlain ? 'getState(FACTOR, row) * expOfNegative(s - getState(MAX, row))' : '0.0'};
${sorted.hinges.length > 0 ? hingesText(sorted) : ''}${sorted.softmaxes.map((_, s) => softmaxText(s, classes, rows !== null)).join('')}
  return gradient;
}

void main() {
  ivec2 at = getOutputCoords();
  if (isnan(getState(LOSS, at.x))) {
    setOutput(NAN);
    return;
  }
  int y = int(round(getClassIds(at.x)));
  float s = getScores(at.x, at.y);
  float gradient = byScore(at.x, at.y, y, s);
${
  sorted.hasScaled
    ? `  float inverseNorm = reciprocal(getKernelNorms(at.y));
  gradient += byQuotient(at.x, at.y == y, s * inverseNorm) * inverseNorm;
`
    : ''
}  setOutput(getUpstream(at.x) * gradient);
}`,
  });
}

function hingesText({hinges}: SortedTerms): string {
  return `
  float trueScore = getScores(row, y);
${hinges.map((_, h) => `  if (s > trueScore - hingeMargin${h}) gradient += hingeWeight${h};`).join('\n')}
`;
}

function softmaxText(s: number, classes: number, hasRows: boolean): string {
  const ofLabel = hasRows ? ` + (1.0 - labelSmoothing${s}) * getRows(row, j)` : '';
  return `
  gradient -= softmaxWeight${s} * (labelSmoothing${s} / ${classes}.0${ofLabel});
`;
}

/** The gradient by ‖x‖. */
export function gradientByFeatureNorms(backend: WebGlBackend, {upstream, state}: Inputs): TensorInfo {
  return launch(backend, {
    inputs: {upstream, state},
    shape: upstream.shape,
    text: `${namesText}
void main() {
  int row = getOutputCoords();
  setOutput(getUpstream(row) * getState(BY_FEATURE_NORM, row));
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(
  backend: WebGlBackend,
  {scores, classIds, upstream, state}: Inputs,
): TensorInfo {
  const [batch, classes] = scores.shape as [number, number];
  return launch(backend, {
    inputs: {classIds, upstream, state},
    shape: [classes],
    text: `${namesText}
void main() {
  int j = getOutputCoords();
  float sum = 0.0;
  for (int row = 0; row < ${batch}; row++) {
    if (int(round(getClassIds(row))) == j) sum += getUpstream(row) * getState(BY_BIAS, row);
  }
  setOutput(sum);
}`,
  });
}

/** The gradient by ‖W_j‖; by way of q = s_j/‖W_j‖, ∂q/∂‖W_j‖ = −q/‖W_j‖. */
export function gradientByKernelNorms(
  backend: WebGlBackend,
  {scores, classIds, kernelNorms, upstream, state}: Inputs,
  {hasScaled}: SortedTerms,
): TensorInfo {
  const [batch, classes] = scores.shape as [number, number];
  const ofScaled = `
    float q = getScores(row, j) * inverseNorm;
    along += getUpstream(row) * byQuotient(row, isTrueClass, q) * q;`;
  return launch(backend, {
    inputs: {...(hasScaled && {scores, kernelNorms}), classIds, upstream, state},
    shape: [classes],
    text: `${namesText}${hasScaled ? byQuotientText : ''}
void main() {
  int j = getOutputCoords();
  float inverseNorm = ${hasScaled ? 'reciprocal(getKernelNorms(j))' : '0.0'};
  float sum = 0.0;
  float along = 0.0;
  for (int row = 0; row < ${batch}; row++) {
    bool isTrueClass = int(round(getClassIds(row))) == j;
    if (isTrueClass) sum += getUpstream(row) * getState(BY_KERNEL_NORM, row);${hasScaled ? ofScaled : ''}
  }
  setOutput(sum - along * inverseNorm);
}`,
  });
}
