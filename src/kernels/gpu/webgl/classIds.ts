import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type WebGlBackend} from './program.js';

/** Classes that a single invocation goes through: more at a time keep less of the processor busy. */
const CHUNK = 256;

/** The id of the class of each one-hot row, and −1 for any other row. */
export function findClassIds(backend: WebGlBackend, labels: TensorInfo): TensorInfo {
  const [batch, classes] = labels.shape as [number, number];
  const chunks = Math.ceil(classes / CHUNK);
  const parts = launch(backend, {
    inputs: {labels},
    shape: [batch, chunks],
    dtype: 'int32',
    text: `
// The class with a label of 1 where all others have 0, −1 where all have 0, and else −2, or if there is but one chunk, −1 too.
void main() {
  ivec2 at = getOutputCoords();
  int first = at.y * ${CHUNK};
  float count = 0.0;
  int id = -1;
  for (int k = 0; k < ${Math.min(CHUNK, classes)}; k++) {
    int j = first + k;
    if (j >= ${classes}) break;
    float label = getLabels(at.x, j);
    if (label != 0.0 || isnan(label)) count += 1.0;
    if (label == 1.0) id = j;
  }
  setOutput(count == 1.0 && id >= 0 ? float(id) : count == 0.0 ? -1.0 : ${chunks > 1 ? '-2.0' : '-1.0'});
}`,
  });
  if (chunks === 1) return {...parts, shape: [batch]};
  const classIds = launch(backend, {
    inputs: {parts},
    shape: [batch],
    dtype: 'int32',
    text: `
void main() {
  int row = getOutputCoords();
  float id = -1.0;
  for (int chunk = 0; chunk < ${chunks}; chunk++) {
    float part = getParts(row, chunk);
    if (part != -1.0) id = id == -1.0 ? part : -2.0;
  }
  setOutput(max(id, -1.0));
}`,
  });
  backend.disposeIntermediateTensorInfo(parts);
  return classIds;
}
