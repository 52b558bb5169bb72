import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type WebGlBackend} from './program.js';


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

