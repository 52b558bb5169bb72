import * as tf from '@tensorflow/tfjs';
import {marginDense} from 'tfjs-losses';
import {Affine} from '../cifar10/layers/affine.js';
import {BatchNormalisation} from '../cifar10/layers/batchNormalisation.js';

const HIDDEN = [128, 128];
const FEATURES = 64;

export interface NetworkOptions {
  readonly inputs: number;
  readonly classes: number;
  readonly normalizeKernel: boolean;
  readonly seed: number;
}

export interface Network {
  /** From inputs to features. */
  readonly body: tf.Sequential;
  /** From features to logits. */
  readonly head: tf.Sequential;
  /** One after the other. */
  readonly model: tf.Sequential;
}

/** Two blocks of affine → batch-norm → ReLU, 64 features, and a margin head. */
export function buildNetwork({inputs, classes, normalizeKernel, seed}: NetworkOptions): Network {
  const body = tf.sequential();
  HIDDEN.forEach((units, block) => {
    body.add(new Affine({units, seed: 10 * seed + block, ...(block === 0 && {inputShape: [inputs]})}));
    body.add(new BatchNormalisation());
    body.add(tf.layers.activation({activation: 'relu'}));
  });
  body.add(new Affine({units: FEATURES, seed: 10 * seed + 3}));
  const logits = marginDense({
    units: classes,
    normalizeKernel,
    kernelInitializer: tf.initializers.glorotNormal({seed: 10 * seed + 4}),
    inputShape: [FEATURES],
  });
  const head = tf.sequential({layers: [logits]});
  return {body, head, model: tf.sequential({layers: [body, head]})};
}
