import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {GpuBackwardInputs} from '../gpu.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {launch, type WebGlBackend} from './program.js';
import {namesText} from './state.js';

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
  inputs: GpuBackwardInputs,
  terms: SortedTerms,
): TensorInfo {
  const {hasPlain, hinges, softmaxes} = terms;
  const hasRows = inputs.rows !== undefined;
  const hasScaled = terms.hasScaled && inputs.products === inputs.scores;
  const [, classes] = inputs.scores.shape as [number, number];
  return launch(backend, {
    inputs: {...inputs},
    uniforms: termUniforms(terms),
    shape: inputs.scores.shape,
    text: `${namesText}${hasScaled ? byQuotientText : ''}
float byScore(int row, int j, int y, float s) {
  if (j == y) return getState(BY_TRUE_SCORE, row);
  float gradient = ${hasPlain ? 'getState(FACTOR, row) * expOfNegative(s - getState(MAX, row))' : '0.0'};
${hinges.length > 0 ? hingesText(terms) : ''}${softmaxes.map((_, s) => softmaxText(s, classes, hasRows)).join('')}
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
  hasScaled
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

/** The gradient by the products, where these are not the scores. */
export function gradientByProducts(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  return launch(backend, {
    inputs: {...inputs},
    shape: inputs.products.shape,
    text: `${namesText}${byQuotientText}
void main() {
  ivec2 at = getOutputCoords();
  if (isnan(getState(LOSS, at.x))) {
    setOutput(NAN);
    return;
  }
  int y = int(round(getClassIds(at.x)));
  float inverseNorm = reciprocal(getKernelNorms(at.y));
  float q = getProducts(at.x, at.y) * inverseNorm;
  setOutput(getUpstream(at.x) * byQuotient(at.x, at.y == y, q) * inverseNorm);
}`,
  });
}

/** The gradient by the features, so far as it goes by way of ‖x‖. */
export function gradientByFeatures(
  backend: WebGlBackend,
  features: TensorInfo,
  featureNorms: TensorInfo,
  upstream: TensorInfo,
  state: TensorInfo,
): TensorInfo {
  return launch(backend, {
    inputs: {features, featureNorms, upstream, state},
    shape: features.shape,
    text: `${namesText}
void main() {
  ivec2 at = getOutputCoords();
  if (isnan(getState(LOSS, at.x))) {
    setOutput(NAN);
    return;
  }
  float norm = getFeatureNorms(at.x);
  float byNorm = getUpstream(at.x) * getState(BY_FEATURE_NORM, at.x);
  setOutput(norm == 0.0 ? 0.0 : getFeatures(at.x, at.y) / norm * byNorm);
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  return launch(backend, {
    inputs: {...inputs},
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
  inputs: GpuBackwardInputs,
  {hasScaled}: SortedTerms,
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const ofScaled = `
    float q = getProducts(row, j) * inverseNorm;
    along += getUpstream(row) * byQuotient(row, isTrueClass, q) * q;`;
  return launch(backend, {
    inputs: {...inputs},
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
