import type * as tf from '@tensorflow/tfjs';

/** tfjs passes a layer of one input either the tensor or a list of it. */
export function onlyTensor(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
