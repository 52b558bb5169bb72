import * as tf from '@tensorflow/tfjs';
import {Random} from '../examples/cifar10/random.js';

/** A batch in front of the last layer, and the kernel of that layer. */
export interface Problem {
  readonly features: tf.Tensor2D;
  readonly kernel: tf.Tensor2D;
  readonly classIds: tf.Tensor1D;
  /** The same labels as rows, in float32: what tfjs's own losses take. */
  readonly oneHot: tf.Tensor2D;
}

export interface Sizes {
  readonly batch: number;
  readonly features: number;
  readonly classes: number;
}

/** A random problem, the same for the same sizes, with logits of a standard deviation of about 1. */
export function randomProblem({batch, features, classes}: Sizes): Problem {
  const random = new Random(1, 'benchmark');
  const numbers = (count: number, scale: number) =>
    Float32Array.from({length: count}, () => scale * (random.below(2001) / 1000 - 1));
  const classIds = tf.tensor1d(
    Int32Array.from({length: batch}, () => random.below(classes)),
    'int32',
  );
  return {
    features: tf.tensor2d(numbers(batch * features, Math.sqrt(3)), [batch, features]),
    kernel: tf.tensor2d(numbers(features * classes, Math.sqrt(3 / features)), [features, classes]),
    classIds,
    oneHot: tf.tidy(() => tf.oneHot(classIds, classes).toFloat() as tf.Tensor2D),
  };
}
