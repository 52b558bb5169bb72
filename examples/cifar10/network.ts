import * as tf from '@tensorflow/tfjs';
import {type MarginDense, marginDense} from 'tfjs-losses';
import {classNames, pixelsPerImage} from './data/cifar10.js';
import {Affine} from './layers/affine.js';
import {BatchNormalisation} from './layers/batchNormalisation.js';
import {Dropout} from './layers/dropout.js';
import {Random} from './random.js';

export interface NetworkOptions {
  /** Units of each hidden block, from the images on. */
  readonly hidden: readonly number[];
  /** The share of a block's units that a training step drops. */
  readonly dropout: number;
  /** Whether the last layer has a bias. The blocks have the shift of their batch normalisation instead. */
  readonly bias: boolean;
  /** Whether the logits are ‖x‖cos θ; for losses that train nothing but the angles. */
  readonly normalizeKernel: boolean;
  readonly seed: number;
}

export interface Network {
  readonly model: tf.Sequential;
  /** The last layer, which counts the training steps. */
  readonly head: MarginDense;
}

/** Blocks of affine → batch-norm → ReLU → dropout, and a margin head: logits of the ten classes. */
export function buildNetwork(options: NetworkOptions): Network {
  const {hidden, dropout, bias, normalizeKernel, seed} = options;
  const seeds = new Random(seed, 'initial weights');
  const model = tf.sequential();
  hidden.forEach((units, block) => {
    const inputShape = block === 0 ? {inputShape: [pixelsPerImage]} : {};
    model.add(new Affine({units, seed: seeds.uint32(), ...inputShape}));
    model.add(new BatchNormalisation());
    model.add(tf.layers.activation({activation: 'relu'}));
    if (dropout > 0) model.add(new Dropout({rate: dropout, random: new Random(seed, `dropout ${block}`)}));
  });
  const head = marginDense({
    units: classNames.length,
    useBias: bias,
    normalizeKernel,
    kernelInitializer: tf.initializers.glorotUniform({seed: seeds.uint32()}),
  });
  model.add(head);
  return {model, head};
}
