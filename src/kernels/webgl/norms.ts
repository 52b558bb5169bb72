import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type WebGlBackend} from './program.js';

/** 1/‖W_j‖ for the classes of a texel, from the input `kernelNorms`. */
export const inverseNormsText = `
vec4 inverseNormsOf(int j) {
  return vec2(reciprocal(getKernelNorms(j)), reciprocal(getKernelNorms(j + 1))).xyxy;
}
`;

/**
 * ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i| where squares overflow or vanish in float32; else they are summed up as they are, in one
 * pass.
 */
export function vectorNorms(backend: WebGlBackend, matrix: TensorInfo, axis: 0 | 1): TensorInfo {
  const length = matrix.shape[axis]!;
  const entry = axis === 0 ? 'getMatrix(i, vector)' : 'getMatrix(vector, i)';
  return launch(backend, {
    inputs: {matrix},
    shape: [matrix.shape[1 - axis]!],
    text: `
void main() {
  int vector = getOutputCoords();
  float largest = 0.0;
  float squares = 0.0;
  for (int i = 0; i < ${length}; i++) {
    float entry = ${entry};
    largest = max(largest, abs(entry));
    squares += entry * entry;
  }
  if (largest > 1e-9 && squares < 1e38) {
    setOutput(sqrt(squares));
    return;
  }
  float scale = largest < SMALLEST_NORMAL ? 1.0 : largest;
  squares = 0.0;
  for (int i = 0; i < ${length}; i++) {
    float scaled = ${entry} / scale;
    squares += scaled * scaled;
  }
  float norm = largest * sqrt(squares);
  setOutput(norm < SMALLEST_NORMAL ? 0.0 : norm);
}`,
  });
}

/** Each column over its norm, times a factor if these are given. */
export function columnsOverNorms(
  backend: WebGlBackend,
  matrix: TensorInfo,
  norms: TensorInfo,
  factors?: TensorInfo,
): TensorInfo {
  return launch(backend, {
    inputs: {matrix, norms, factors},
    shape: matrix.shape,
    text: `
void main() {
  ivec2 at = getOutputCoords();
  float norm = getNorms(at.y);
  setOutput(norm == 0.0 ? 0.0 : getMatrix(at.x, at.y) / norm${factors ? ' * getFactors(at.y)' : ''});
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
