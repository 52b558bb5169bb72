import * as tf from '@tensorflow/tfjs';
import {lossFromConfig, marginDense} from 'tfjs-losses';
import type {Data, Problem} from './problems.js';
import {accuracyOf, train} from './training.js';
import type {Trial, TrialResult} from './trials.js';

/** Trains a network of two hidden layers and 64 features, and measures it on the other parts of the data. */
export async function runTrial(
  trial: Trial,
  {classes, epochs}: Problem,
  {training, validation, test}: Data,
): Promise<TrialResult> {
  const loss = lossFromConfig(trial.loss);
  const initializer = (layer: number) => tf.initializers.heNormal({seed: 10 * trial.seed + layer});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 64,
        activation: 'relu',
        kernelInitializer: initializer(1),
        inputShape: [training.inputs.length / training.labels.length],
      }),
      tf.layers.dense({units: 64, activation: 'relu', kernelInitializer: initializer(2)}),
      tf.layers.dense({units: 64, kernelInitializer: initializer(3)}),
      marginDense({
        units: classes,
        normalizeKernel: loss.trainsAnglesOnly,
        kernelInitializer: tf.initializers.glorotNormal({seed: 10 * trial.seed + 4}),
      }),
    ],
  });
  await train(model, training, {loss, epochs});
  const result = {
    ...trial,
    validationAccuracy: accuracyOf(model, validation),
    testAccuracy: accuracyOf(model, test),
  };
  model.dispose();
  return result;
}
