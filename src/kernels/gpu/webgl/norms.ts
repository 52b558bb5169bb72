import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type WebGlBackend} from './program.js';

/** 1/‖W_j‖ for the classes of a texel, from the input `kernelNorms`. */
export const inverseNormsText = `
vec4 inverseNormsOf(int j) {
  vec2 norms = texelOfKernelNorms(0, j).rg;
  return vec2(reciprocal(norms.x), reciprocal(norms.y)).xyxy;
}
`;

/**
 * ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i| where squares overflow or vanish in float32; else they are summed up as they are, in one
 * pass.
 */
export function vectorNorms(backend: WebGlBackend, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  const length = matrix.shape[axis]!;
  // Two vectors at a time, and two entries of each: of these the first, and the second.
  const [texel, first, second] =
    axis === 0 ? ['texelOfMatrix(i, vector)', 'rg', 'ba'] : ['texelOfMatrix(vector, i)', 'rb', 'ga'];
  const loop = (body: string) => `
  for (int i = 0; i < ${length}; i += 2) {
    vec4 entries = ${texel};
    vec2 a = entries.${first};
    vec2 b = i + 1 < ${length} ? entries.${second} : vec2(0.0);
    ${body}
  }`;
  return launch(backend, {
    inputs: {matrix},
    packed: true,
    shape: [matrix.shape[1 - axis]!],
    text: `
float unlessSubnormal(float x, float otherwise) {
  return x < SMALLEST_NORMAL ? otherwise : x;
}

void main() {
  int vector = getOutputCoords();
  vec2 largest = vec2(0.0);
  vec2 squares = vec2(0.0);${loop(`largest = max(largest, max(abs(a), abs(b)));
    squares += a * a + b * b;`)}
  vec2 norms = sqrt(squares);
  // Each vector for itself, so that a neighbour makes no difference.
  bool isFirstDone = largest.x > 1e-9 && squares.x < 1e38;
  bool isSecondDone = largest.y > 1e-9 && squares.y < 1e38;
  if (!isFirstDone || !isSecondDone) {
    vec2 scale = vec2(unlessSubnormal(largest.x, 1.0), unlessSubnormal(largest.y, 1.0));
    squares = vec2(0.0);${loop(`a /= scale;
    b /= scale;
    squares += a * a + b * b;`)}
    vec2 scaled = largest * sqrt(squares);
    if (!isFirstDone) norms.x = unlessSubnormal(scaled.x, 0.0);
    if (!isSecondDone) norms.y = unlessSubnormal(scaled.y, 0.0);
  }
  setOutput(vec4(norms, 0.0, 0.0));
}`,
  });
}

/** An entry over the norm of its vector, times a factor; 0 where the norm is 0. */
export const overNormText = `
float overNorm(float entry, float norm, float factor) {
  return norm == 0.0 ? 0.0 : entry / norm * factor;
}
`;

/** Each column over its norm, times a factor if these are given. */
export function columnsOverNorms(
  backend: WebGlBackend,
  matrix: TensorInfo,
  norms: TensorInfo,
  factors?: TensorInfo,
): TensorInfo {
  return launch(backend, {
    inputs: {matrix, norms, factors},
    packed: true,
    shape: matrix.shape,
    text: `${overNormText}
void main() {
  ivec2 at = getOutputCoords();
  vec4 entries = texelOfMatrix(at.x, at.y);
  vec2 norms = texelOfNorms(0, at.y).rg;
  vec2 factors = ${factors ? 'texelOfFactors(0, at.y).rg' : 'vec2(1.0)'};
  setOutput(padded(at, vec4(
    overNorm(entries.r, norms.x, factors.x),
    overNorm(entries.g, norms.y, factors.y),
    overNorm(entries.b, norms.x, factors.x),
    overNorm(entries.a, norms.y, factors.y)
  )));
}`,
  });
}

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function gradientOfUnitColumns(
  backend: WebGlBackend,
  upstream: TensorInfo,
  columns: TensorInfo,
  norms: TensorInfo,
): TensorInfo {
  const [length, count] = columns.shape as [number, number];
  const along = launch(backend, {
    inputs: {upstream, columns},
    shape: [count],
    text: `
void main() {
  int column = getOutputCoords();
  float sum = 0.0;
  for (int i = 0; i < ${length}; i++) sum += getColumns(i, column) * getUpstream(i, column);
  setOutput(sum);
}`,
  });
  const gradient = launch(backend, {
    inputs: {upstream, columns, norms, along},
    shape: columns.shape,
    text: `
void main() {
  ivec2 at = getOutputCoords();
  float norm = getNorms(at.y);
  float across = getUpstream(at.x, at.y) - getAlong(at.y) * getColumns(at.x, at.y);
  setOutput(norm == 0.0 ? 0.0 : across / norm);
}`,
  });
  backend.disposeIntermediateTensorInfo(along);
  return gradient;
}
