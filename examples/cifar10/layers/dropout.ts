import * as tf from '@tensorflow/tfjs';
import type {Random} from '../random.js';
import {onlyTensor} from './onlyTensor.js';

export interface DropoutOptions {
  /** The share of units set to 0, in [0, 1). */
  readonly rate: number;
  readonly random: Random;
}

/**
 * Dropout from a seeded stream of random numbers, saved as the `Dropout` that it is. tfjs's own begins its stream anew
 * at every call: with a seed it drops the same units at every step.
 */
export class Dropout extends tf.layers.Layer {
  static className = 'Dropout';
  readonly #rate: number;
  readonly #random: Random;

  constructor({rate, random}: DropoutOptions) {
    super({});
    this.#rate = rate;
    this.#random = random;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: {training?: boolean}): tf.Tensor {
    const x = onlyTensor(inputs);
    if (!kwargs.training || this.#rate === 0) return tf.clone(x);
    return tf.tidy(() => tf.mul(x, tf.tensor(this.#mask(x.size), x.shape)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), rate: this.#rate};
  }

  /** What is kept is scaled up so that the expected sum stays the same. */
  #mask(size: number): Float32Array {
    const threshold = this.#rate * 2 ** 32;
    const kept = 1 / (1 - this.#rate);
    const mask = new Float32Array(size);
    for (let unit = 0; unit < size; unit++) mask[unit] = this.#random.uint32() < threshold ? 0 : kept;
    return mask;
  }
}
