import * as tf from '@tensorflow/tfjs';
import {onlyTensor} from './onlyTensor.js';

/** Moving averages keep this share of their value at each step. Ten epochs are few: tfjs's default of 0.99 lags. */
const momentum = 0.9;
/** Keeps the deviation of a unit that never fires away from 0. */
const epsilon = 1e-3;

/**
 * Batch normalisation of [batch, units], saved as the `BatchNormalization` that it is. The gradient is worked out by
 * hand: tfjs's own spends more time on tiling the mean over the batch than the whole layer takes here.
 *
 * y = γ·x̂ + β with x̂ = (x − mean) / √(variance + ε), over the batch while training and by moving averages otherwise.
 */
export class BatchNormalisation extends tf.layers.Layer {
  static className = 'BatchNormalization';
  #gamma!: tf.LayerVariable;
  #beta!: tf.LayerVariable;
  #movingMean!: tf.LayerVariable;
  #movingVariance!: tf.LayerVariable;

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const units = [(inputShape as tf.Shape).at(-1)!];
    const ones = tf.initializers.ones();
    const zeros = tf.initializers.zeros();
    this.#gamma = this.addWeight('gamma', units, 'float32', ones);
    this.#beta = this.addWeight('beta', units, 'float32', zeros);
    this.#movingMean = this.addWeight('moving_mean', units, 'float32', zeros, undefined, false);
    this.#movingVariance = this.addWeight('moving_variance', units, 'float32', ones, undefined, false);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: {training?: boolean}): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      if (!kwargs.training) {
        const scale = tf.mul(this.#gamma.read(), tf.rsqrt(tf.add(this.#movingVariance.read(), epsilon)));
        return tf.add(tf.mul(tf.sub(x, this.#movingMean.read()), scale), this.#beta.read());
      }
      return normalise(x, this.#gamma.read(), this.#beta.read(), (mean, variance) => {
        follow(this.#movingMean, mean);
        follow(this.#movingVariance, variance);
      });
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), axis: -1, momentum, epsilon};
  }
}

function follow(average: tf.LayerVariable, latest: tf.Tensor): void {
  average.write(tf.add(tf.mul(average.read(), momentum), tf.mul(latest, 1 - momentum)));
}

/**
 * γ·x̂ + β over the batch. With n examples, g the gradient of the result and r = 1 / √(variance + ε):
 * ∂β = Σ g, ∂γ = Σ g·x̂, ∂x = γ·r·(g − ∂β / n − x̂·∂γ / n).
 */
function normalise(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as tf.GradSaveFunc;
    const mean = tf.mean(x, 0);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), 0);
    observe(mean, variance);
    const reciprocalDeviation = tf.rsqrt(tf.add(variance, epsilon));
    const normalised = tf.mul(centred, reciprocalDeviation);
    save([normalised, tf.mul(gamma, reciprocalDeviation)]);
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [xHat, scale] = saved as [tf.Tensor, tf.Tensor];
        const betaGradient = tf.sum(upstream, 0);
        const gammaGradient = tf.sum(tf.mul(upstream, xHat), 0);
        const share = 1 / upstream.shape[0]!;
        const common = tf.add(tf.mul(xHat, tf.mul(gammaGradient, share)), tf.mul(betaGradient, share));
        return [tf.mul(tf.sub(upstream, common), scale), gammaGradient, betaGradient];
      },
    };
  });
  return op(x, gamma, beta);
}
