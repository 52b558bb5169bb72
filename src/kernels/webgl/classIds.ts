import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type WebGlBackend} from './program.js';

/** The id of the class of each one-hot row, and −1 for any other row. */
export function findClassIds(backend: WebGlBackend, labels: TensorInfo): TensorInfo {
  const [batch, classes] = labels.shape as [number, number];
  return launch(backend, {
    inputs: {labels},
    shape: [batch],
    dtype: 'int32',
    text: `
void main() {
  int row = getOutputCoords();
  int id = -1;
  bool isOneHot = true;
  for (int j = 0; j < ${classes}; j++) {
    float label = getLabels(row, j);
    if (label != 0.0 || isnan(label)) {
      isOneHot = isOneHot && label == 1.0 && !isnan(label) && id < 0;
      id = j;
    }
  }
  setOutput(isOneHot ? float(id) : -1.0);
}`,
  });
}
