import * as tf from '@tensorflow/tfjs';

/** One of those that take turns. */
export interface Contender {
  readonly name: string;
  /** Does the work once, and returns a number to wait for: see {@link oneNumberOf}. */
  run(): tf.Tensor;
}

/**
 * The first number of a tensor: it cannot be read before the tensor is computed, and takes no time to transfer. Any number
 * where there is nothing to wait for.
 */
export function oneNumberOf(tensor: tf.Tensor): tf.Tensor {
  if (computesAtOnce()) return tf.scalar(0);
  const ones = tensor.shape.map(() => 1);
  return tf.slice(
    tensor,
    ones.map(() => 0),
    ones,
  );
}

/** Lets a contender do its work, and waits until it is done. */
export async function finish(contender: Contender): Promise<void> {
  const number = contender.run();
  // Waiting for a promise costs WebGL some milliseconds of polling; WebGPU knows no other way.
  if (tf.getBackend() === 'webgpu') await number.data();
  else if (!computesAtOnce()) number.dataSync();
  number.dispose();
}

/** Whether an op is done when it returns: there is nothing to wait for, and to slice a tensor would copy the whole of it. */
function computesAtOnce(): boolean {
  return ['cpu', 'wasm'].includes(tf.getBackend());
}
