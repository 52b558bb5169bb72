import * as tf from '@tensorflow/tfjs';
import {onlyTensor} from './onlyTensor.js';

export interface AffineOptions {
  readonly units: number;
  readonly seed: number;
  /** The shape of one example; the first layer of a model needs it. */
  readonly inputShape?: number[];
}

/**
 * x·W, saved as the `Dense` that it is. tfjs's own `Dense` works out the gradient of its input even where nobody asks
 * for it; for the first layer, whose input is the images, that product is a fifth of the whole training step.
 * There is no bias: the batch normalisation that follows would take it away.
 */
export class Affine extends tf.layers.Layer {
  static className = 'Dense';
  readonly #units: number;
  readonly #seed: number;
  #kernel!: tf.LayerVariable;

  constructor({units, seed, inputShape}: AffineOptions) {
    super(inputShape === undefined ? {} : {inputShape});
    this.#units = units;
    this.#seed = seed;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const features = (inputShape as tf.Shape).at(-1)!;
    const initializer = tf.initializers.heNormal({seed: this.#seed});
    this.#kernel = this.addWeight('kernel', [features, this.#units], 'float32', initializer);
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...(inputShape as tf.Shape).slice(0, -1), this.#units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.matMul(onlyTensor(inputs), this.#kernel.read());
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), units: this.#units, useBias: false};
  }
}
