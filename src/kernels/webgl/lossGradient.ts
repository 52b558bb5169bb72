import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {GpuBackwardInputs} from '../gpu.js';
import {termUniforms} from '../gpuState.js';
import type {SortedTerms} from '../sortTerms.js';
import {inverseNormsText} from './norms.js';
import {launch, type WebGlBackend} from './program.js';
import {stateText} from './state.js';

/** Rows that a single invocation goes through where sums are over the batch. */
const ROWS = 64;

/** By q = s_j/‖W_j‖. */
const byQuotientText = `
float byQuotient(mat4 state, bool isTrueClass, float q) {
  if (isTrueClass) return BY_SCALED_TRUE_SCORE(state);
  return SCALED_FACTOR(state) * expOfNegative(q - SCALED_MAX(state));
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
  const [batch, classes] = inputs.scores.shape as [number, number];
  const labels = hasRows ? 'texelOfRows(at.x, at.y)' : 'vec4(0.0)';
  return launch(backend, {
    inputs: {...inputs},
    uniforms: termUniforms(terms),
    packed: true,
    shape: inputs.scores.shape,
    text: `${stateText}${hasScaled ? `${inverseNormsText}${byQuotientText}` : ''}
float byScore(mat4 state, bool isTrueClass, float s, float trueScore, float label) {
  if (isTrueClass) return BY_TRUE_SCORE(state);
  float gradient = ${hasPlain ? 'FACTOR(state) * expOfNegative(s - MAX(state))' : '0.0'};
${[
  ...hinges.map((_, h) => `  if (s > trueScore - hingeMargin${h}) gradient += hingeWeight${h};`),
  ...softmaxes.map((_, s) => softmaxText(s, classes, hasRows)),
].join('\n')}
  return gradient;
}

vec2 byScores(int row, int j, vec2 s, vec2 labels) {
  mat4 state = stateOf(row);
  if (isnan(LOSS(state))) return vec2(NAN);
  int y = int(round(getClassIds(row)));
  float trueScore = ${hinges.length > 0 ? 'getScores(row, y)' : '0.0'};
  vec2 gradient = vec2(
    byScore(state, j == y, s.x, trueScore, labels.x),
    byScore(state, j + 1 == y, s.y, trueScore, labels.y)
  );
${
  hasScaled
    ? `  vec2 inverseNorms = inverseNormsOf(j).rg;
  gradient += inverseNorms * vec2(
    byQuotient(state, j == y, s.x * inverseNorms.x),
    byQuotient(state, j + 1 == y, s.y * inverseNorms.y)
  );
`
    : ''
}  return getUpstream(row) * gradient;
}

void main() {
  ivec2 at = getOutputCoords();
  vec4 s = texelOfScores(at.x, at.y);
  vec4 labels = ${labels};
  vec4 gradient = vec4(byScores(at.x, at.y, s.rg, labels.rg), byScores(at.x + 1, at.y, s.ba, labels.ba));
${matrixText(batch, classes)}
}`,
  });
}

function softmaxText(s: number, classes: number, hasRows: boolean): string {
  const ofLabel = hasRows ? ` + (1.0 - labelSmoothing${s}) * label` : '';
  return `  gradient -= softmaxWeight${s} * (labelSmoothing${s} / ${classes}.0${ofLabel});`;
}

/** Leaves 0 beside the matrix, as packed ops of tfjs expect it. */
function matrixText(batch: number, classes: number): string {
  return `  if (at.x + 1 >= ${batch}) gradient.ba = vec2(0.0);
  if (at.y + 1 >= ${classes}) gradient.ga = vec2(0.0);
  setOutput(gradient);`;
}

/** The gradient by the products, where these are not the scores. */
export function gradientByProducts(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  const [batch, classes] = inputs.products.shape as [number, number];
  return launch(backend, {
    inputs: {...inputs},
    packed: true,
    shape: inputs.products.shape,
    text: `${stateText}${inverseNormsText}${byQuotientText}
vec2 byQuotients(int row, int j, vec2 q) {
  mat4 state = stateOf(row);
  if (isnan(LOSS(state))) return vec2(NAN);
  int y = int(round(getClassIds(row)));
  return getUpstream(row) * vec2(byQuotient(state, j == y, q.x), byQuotient(state, j + 1 == y, q.y));
}

void main() {
  ivec2 at = getOutputCoords();
  vec4 inverseNorms = inverseNormsOf(at.y);
  vec4 q = texelOfProducts(at.x, at.y) * inverseNorms;
  vec4 gradient = inverseNorms * vec4(byQuotients(at.x, at.y, q.rg), byQuotients(at.x + 1, at.y, q.ba));
${matrixText(batch, classes)}
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
    text: `${stateText}
void main() {
  ivec2 at = getOutputCoords();
  mat4 state = stateOf(at.x);
  if (isnan(LOSS(state))) {
    setOutput(NAN);
    return;
  }
  float norm = getFeatureNorms(at.x);
  float byNorm = getUpstream(at.x) * BY_FEATURE_NORM(state);
  setOutput(norm == 0.0 ? 0.0 : getFeatures(at.x, at.y) / norm * byNorm);
}`,
  });
}

/** The gradient by the bias, so far as it is not that by the scores. */
export function gradientByBias(backend: WebGlBackend, inputs: GpuBackwardInputs): TensorInfo {
  return sumOverBatch(
    backend,
    inputs,
    `
vec2 ofRow(mat4 state, int j, int y, vec2 products) {
  return vec2(j == y ? BY_BIAS(state) : 0.0, j + 1 == y ? BY_BIAS(state) : 0.0);
}
`,
  );
}

/** The gradient by ‖W_j‖; by way of q = s_j/‖W_j‖, ∂q/∂‖W_j‖ = −q/‖W_j‖. */
export function gradientByKernelNorms(
  backend: WebGlBackend,
  inputs: GpuBackwardInputs,
  {hasScaled}: SortedTerms,
): TensorInfo {
  return sumOverBatch(
    backend,
    inputs,
    `${hasScaled ? `${inverseNormsText}${byQuotientText}` : ''}
vec2 ofRow(mat4 state, int j, int y, vec2 products) {
  vec2 gradient = vec2(j == y ? BY_KERNEL_NORM(state) : 0.0, j + 1 == y ? BY_KERNEL_NORM(state) : 0.0);
${
  hasScaled
    ? `  vec2 inverseNorms = inverseNormsOf(j).rg;
  vec2 q = products * inverseNorms;
  gradient -= q * inverseNorms * vec2(byQuotient(state, j == y, q.x), byQuotient(state, j + 1 == y, q.y));
`
    : ''
}  return gradient;
}
`,
    hasScaled,
  );
}

/** Σ upstream·ofRow over the rows, [classes]. What a row adds to two classes, `ofRow` computes from its state. */
function sumOverBatch(
  backend: WebGlBackend,
  inputs: GpuBackwardInputs,
  ofRow: string,
  hasProducts = false,
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const chunks = Math.ceil(batch / ROWS);
  const parts = launch(backend, {
    inputs: {...inputs},
    packed: true,
    shape: [2 * chunks, classes],
    text: `${stateText}${ofRow}
vec2 weightedOfRow(int row, int j, vec2 products) {
  vec2 gradient = ofRow(stateOf(row), j, int(round(getClassIds(row))), products);
  float upstream = getUpstream(row);
  // Rows that have no part in a class leave it as it is, whatever they are worth.
  return vec2(massTimes(gradient.x, upstream), massTimes(gradient.y, upstream));
}

// Even and odd rows apart, as they lie in the matrix.
void main() {
  ivec2 at = getOutputCoords();
  int first = at.x / 2 * ${ROWS};
  vec4 sum = vec4(0.0);
  for (int k = 0; k < ${Math.ceil(Math.min(ROWS, batch) / 2)}; k++) {
    int row = first + 2 * k;
    if (row >= ${batch}) break;
    vec4 products = ${hasProducts ? 'texelOfProducts(row, at.y)' : 'vec4(0.0)'};
    sum.rg += weightedOfRow(row, at.y, products.rg);
    if (row + 1 < ${batch}) sum.ba += weightedOfRow(row + 1, at.y, products.ba);
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
