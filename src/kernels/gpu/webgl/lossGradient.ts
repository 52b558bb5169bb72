import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {GpuBackwardInputs} from '../gpu.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {inverseNormsText, overNormText} from './norms.js';
import {launch, type WebGlBackend} from './program.js';
import {stateText} from './state.js';

/** Rows that a single invocation goes through where sums are over the batch. */
const ROWS = 64;

/** By q = s_j/‖W_j‖, from what `scaledStateOf` gives. */
const byQuotientText = `
float byQuotient(vec4 state, bool isTrueClass, float q) {
  if (isTrueClass) return state.BY_SCALED_TRUE_SCORE;
  return state.SCALED_FACTOR * expOfNegative(q - state.SCALED_MAX);
}

vec2 byQuotients(vec4 state, int j, vec2 q) {
  int y = int(round(state.CLASS));
  return vec2(byQuotient(state, j == y, q.x), byQuotient(state, j + 1 == y, q.y));
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
  const plainText = `
float byScore(vec4 state, bool isTrueClass, float s, float trueScore, float label) {
  if (isTrueClass) return state.BY_TRUE_SCORE;
  float gradient = ${hasPlain ? 'state.FACTOR * expOfNegative(s - state.MAX)' : '0.0'};
${[
  ...hinges.map((_, h) => `  if ((s - trueScore) + hingeMargin${h} > 0.0) gradient += hingeWeight${h};`),
  ...softmaxes.map((_, s) => softmaxText(s, classes, hasRows)),
].join('\n')}
  return gradient;
}

vec2 byScores(int row, int j, vec2 s, vec2 labels) {
  vec4 state = stateOf(row);
  if (isnan(state.CLASS)) return vec2(NAN);
  int y = int(round(state.CLASS));
  float trueScore = ${hinges.length > 0 ? 'getScores(row, y)' : '0.0'};
  return vec2(
    byScore(state, j == y, s.x, trueScore, labels.x),
    byScore(state, j + 1 == y, s.y, trueScore, labels.y)
  );
}
`;
  const byPlain = 'vec4(byScores(at.x, at.y, s.rg, labels.rg), byScores(at.x + 1, at.y, s.ba, labels.ba))';
  const isPlain = hasPlain || hinges.length > 0;
  return launch(backend, {
    inputs: {...inputs},
    uniforms: termUniforms(terms),
    packed: true,
    shape: inputs.scores.shape,
    text: `${stateText}${isPlain ? plainText : ''}${hasScaled ? `${inverseNormsText}${byQuotientText}` : ''}
void main() {
  ivec2 at = getOutputCoords();
  vec4 s = texelOfScores(at.x, at.y);
  vec4 labels = ${hasRows ? 'texelOfRows(at.x, at.y)' : 'vec4(0.0)'};
  vec4 gradient = ${isPlain ? byPlain : 'vec4(0.0)'};
${hasScaled ? byScaledText('s', 'gradient +=') : ''}
  setOutput(padded(at, gradient * texelOfUpstream(0, at.x).rrgg));
}`,
  });
}

function softmaxText(s: number, classes: number, hasRows: boolean): string {
  const ofLabel = hasRows ? ` + (1.0 - labelSmoothing${s}) * label` : '';
  return `  gradient -= softmaxWeight${s} * (labelSmoothing${s} / ${classes}.0${ofLabel});`;
}

/** By W_j·x, for a texel of these. */
function byScaledText(products: string, assign: string): string {
  return `  vec4 inverseNorms = inverseNormsOf(at.y);
  vec4 q = ${products} * inverseNorms;
  vec4 state = scaledStateOf(at.x);
  vec4 nextState = scaledStateOf(at.x + 1);
  ${assign} inverseNorms * vec4(byQuotients(state, at.y, q.rg), byQuotients(nextState, at.y, q.ba));
  if (isnan(state.CLASS)) gradient.rg = vec2(NAN);
  if (isnan(nextState.CLASS)) gradient.ba = vec2(NAN);`;
}

/** The gradient by the products, where these are not the scores. */
export function gradientByProducts(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  return launch(backend, {
    inputs: {...inputs},
    packed: true,
    shape: inputs.products.shape,
    text: `${stateText}${inverseNormsText}${byQuotientText}
void main() {
  ivec2 at = getOutputCoords();
${byScaledText('texelOfProducts(at.x, at.y)', 'vec4 gradient =')}
  setOutput(padded(at, gradient * texelOfUpstream(0, at.x).rrgg));
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
    packed: true,
    shape: features.shape,
    text: `${stateText}${overNormText}
vec2 byFeatures(int row, vec2 features, float norm, float upstream) {
  vec4 result = resultOf(row);
  if (isnan(result.LOSS)) return vec2(NAN);
  float byNorm = upstream * result.BY_FEATURE_NORM;
  return vec2(overNorm(features.x, norm, byNorm), overNorm(features.y, norm, byNorm));
}

void main() {
  ivec2 at = getOutputCoords();
  vec4 features = texelOfFeatures(at.x, at.y);
  vec2 norms = texelOfFeatureNorms(0, at.x).rg;
  vec2 upstream = texelOfUpstream(0, at.x).rg;
  setOutput(padded(at, vec4(
    byFeatures(at.x, features.rg, norms.x, upstream.x),
    byFeatures(at.x + 1, features.ba, norms.y, upstream.y)
  )));
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  return sumOverBatch(backend, inputs, {ofTrueClass: 'BY_BIAS'});
}

/** The gradient by ‖W_j‖; by way of q = s_j/‖W_j‖, ∂q/∂‖W_j‖ = −q/‖W_j‖. */
export function gradientByKernelNorms(
  backend: WebGlBackend,
  inputs: GpuBackwardInputs,
  {hasScaled, margins}: SortedTerms,
): TensorInfo {
  const ofTrueClass = margins.some(({withKernelNorm}) => withKernelNorm) ? 'BY_KERNEL_NORM' : undefined;
  return sumOverBatch(backend, inputs, {ofTrueClass, hasScaled});
}

/**
 * Sums over the rows, [classes]: of upstream times a number of the state, each for the row's own class, and of what goes by way
 * of q.
 */
function sumOverBatch(
  backend: WebGlBackend,
  inputs: GpuBackwardInputs,
  {ofTrueClass, hasScaled = false}: {ofTrueClass?: string | undefined; hasScaled?: boolean},
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const chunks = Math.ceil(batch / ROWS);
  const scaledText = `
  vec4 scaledState = scaledStateOf(row);
  sum -= upstream * q * inverseNorms * byQuotients(scaledState, j, q);`;
  const trueClassText = `
  float y = stateOf(row).CLASS;
  if (float(j) == y) sum.x += upstream * resultOf(row).${ofTrueClass};
  if (float(j + 1) == y) sum.y += upstream * resultOf(row).${ofTrueClass};`;
  const parts = launch(backend, {
    inputs: {...inputs},
    packed: true,
    shape: [2 * chunks, classes],
    text: `${stateText}${hasScaled ? `${inverseNormsText}${byQuotientText}` : ''}
vec2 ofRow(int row, int j, float upstream, vec2 q, vec2 inverseNorms) {
  vec2 sum = vec2(0.0);${hasScaled ? scaledText : ''}${ofTrueClass ? trueClassText : ''}
  return sum;
}

// Even and odd rows apart, as they lie in the matrix.
void main() {
  ivec2 at = getOutputCoords();
  int first = at.x / 2 * ${ROWS};
  vec2 inverseNorms = ${hasScaled ? 'inverseNormsOf(at.y).rg' : 'vec2(0.0)'};
  vec4 sum = vec4(0.0);
  for (int k = 0; k < ${Math.ceil(Math.min(ROWS, batch) / 2)}; k++) {
    int row = first + 2 * k;
    if (row >= ${batch}) break;
    vec2 upstream = texelOfUpstream(0, row).rg;
    vec4 q = ${hasScaled ? 'texelOfProducts(row, at.y) * inverseNorms.xyxy' : 'vec4(0.0)'};
    sum.rg += ofRow(row, at.y, upstream.x, q.rg, inverseNorms);
    if (row + 1 < ${batch}) sum.ba += ofRow(row + 1, at.y, upstream.y, q.ba, inverseNorms);
  }
  setOutput(sum);
}`,
  });
  const sums = launch(backend, {
    inputs: {parts},
    shape: [classes],
    text: `
void main() {
  int j = getOutputCoords();
  float sum = 0.0;
  for (int part = 0; part < ${2 * chunks}; part++) sum += getParts(part, j);
  setOutput(sum);
}`,
  });
  backend.disposeIntermediateTensorInfo(parts);
  return sums;
}
