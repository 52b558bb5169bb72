import * as tf from '@tensorflow/tfjs-core';

/**
 * The numbers 0 … count − 1 in a random order that the seed alone decides. (`tf.util.shuffle` and the shuffling of
 * `model.fit` draw from `Math.random`, which cannot be seeded.)
 */
export function permutation(count: number, seed: number): number[] {
  const keys = tf.tidy(() => tf.randomUniform([count], 0, 1, 'float32', seed).dataSync());
  return Array.from(keys.keys()).sort((left, right) => keys[left]! - keys[right]!);
}
