import * as tf from '@tensorflow/tfjs';
import {marginDense} from 'tfjs-losses';
import {CLASSES, PIXELS, SIDE} from './digits.js';

const FEATURES = 'features';

export interface NetworkOptions {
  /** Whether the last layer ranks classes by angle alone. */
  readonly normalizeKernel: boolean;
  /** Decides the weights the network starts with. */
  readonly seed: number;
}

/**
 * A fully connected network with two features before the last layer, so that they can be drawn as they are.
 * It looks at the digits in half their resolution: they stay legible, and training takes a quarter of the work.
 */
export function buildNetwork({normalizeKernel, seed}: NetworkOptions): tf.Sequential {
  const {heNormal, glorotNormal} = tf.initializers;
  return tf.sequential({
    layers: [
      tf.layers.reshape({inputShape: [PIXELS], targetShape: [SIDE, SIDE, 1]}),
      tf.layers.averagePooling2d({poolSize: 2}),
      tf.layers.flatten(),
      tf.layers.dense({units: 256, activation: 'relu', kernelInitializer: heNormal({seed})}),
      tf.layers.dense({units: 64, activation: 'relu', kernelInitializer: heNormal({seed: seed + 1})}),
      tf.layers.dense({units: 2, name: FEATURES, kernelInitializer: glorotNormal({seed: seed + 2})}),
      marginDense({units: CLASSES, normalizeKernel, kernelInitializer: glorotNormal({seed: seed + 3})}),
    ],
  });
}

/** The two features of each image. */
export function featuresOf(network: tf.Sequential, images: tf.Tensor2D): number[][] {
  const body = tf.model({inputs: network.inputs, outputs: network.getLayer(FEATURES).output});
  return tf.tidy(() => (body.predict(images) as tf.Tensor2D).arraySync());
}
