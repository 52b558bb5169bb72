import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';

/** The id of the class of each one-hot row, and −1 for any other row. */
export function findClassIds(backend: WebGpuBackend, labels: TensorInfo): TensorInfo {
  const [batch, classes] = labels.shape as [number, number];
  return reduction(backend, {
    inputs: {labels},
    shape: [batch],
    dtype: 'int32',
    axis: 1,
    length: classes,
    text,
  });
}

const text = `
struct Part {
  id : i32,
  ones : i32,
  others : i32,
}

fn partOf(row : i32, first : i32) -> Part {
  var part = Part(-1, 0, 0);
  let classes = uniforms.labelsShape[1];
  for (var j = first; j < classes; j += LANES) {
    let label = f32(labels[row * classes + j]);
    if (label == 1.0) {
      part.ones++;
      part.id = j;
    } else if (isnan(label) || label != 0.0) {
      part.others++;
    }
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  return Part(max(a.id, b.id), a.ones + b.ones, a.others + b.others);
}

fn finish(row : i32, whole : Part) {
  result[row] = select(-1, whole.id, whole.ones == 1 && whole.others == 0);
}`;
