import * as tf from '@tensorflow/tfjs';
import {asoftmax, combined, hinge, lsoftmax, marginDense} from 'tfjs-losses';
import {PIXELS, SIDE} from '../quickstart/digits.js';

export const loss = combined([
  [0.25, hinge()],
  [0.65, lsoftmax({m: 4})],
  [0.34, asoftmax({m: 4})],
]);

/** A fully connected network with 64 features, which looks at the digits in half their resolution. */
export function buildNetwork(classes: number, seed: number): tf.Sequential {
  const {heNormal, glorotNormal} = tf.initializers;
  return tf.sequential({
    layers: [
      tf.layers.reshape({inputShape: [PIXELS], targetShape: [SIDE, SIDE, 1]}),
      tf.layers.averagePooling2d({poolSize: 2}),
      tf.layers.flatten(),
      tf.layers.dense({units: 256, activation: 'relu', kernelInitializer: heNormal({seed})}),
      tf.layers.dense({units: 64, kernelInitializer: heNormal({seed: seed + 1})}),
      marginDense({units: classes, kernelInitializer: glorotNormal({seed: seed + 2})}),
    ],
  });
}
