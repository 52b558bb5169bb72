import * as tf from '@tensorflow/tfjs';
import {lossFromConfig, marginDense} from 'tfjs-losses';
import type {Data, Examples, Problem} from './problems.js';
import type {Trial, TrialResult} from './trials.js';

const BATCH = 128;
const LEARNING_RATE = 0.002;

/** Trains a network of two hidden layers and 64 features with Adam, whose learning rate falls to 0 along a cosine. */
export async function runTrial(
  trial: Trial,
  {classes, epochs}: Problem,
  {training, validation, test}: Data,
): Promise<TrialResult> {
  const loss = lossFromConfig(trial.loss);
  const [xs, ys] = tensors(training, classes);
  const initializer = (layer: number) => tf.initializers.heNormal({seed: 10 * trial.seed + layer});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 64,
        activation: 'relu',
        kernelInitializer: initializer(1),
        inputShape: [xs.shape[1]!],
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
  const optimizer = tf.train.adam(LEARNING_RATE);
  model.compile({optimizer, loss});
  const steps = epochs * Math.ceil(xs.shape[0]! / BATCH);
  let step = 0;
  await model.fit(xs, ys, {
    epochs,
    batchSize: BATCH,
    // The examples are in random order, and fit has no seed for an order of its own.
    shuffle: false,
    verbose: 0,
    yieldEvery: 'never',
    callbacks: {
      async onBatchBegin() {
        const learningRate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step++) / steps));
        Object.assign(optimizer, {learningRate});
      },
    },
  });
  const result = {
    ...trial,
    validationAccuracy: accuracy(model, validation, classes),
    testAccuracy: accuracy(model, test, classes),
  };
  tf.dispose([xs, ys]);
  optimizer.dispose();
  model.dispose();
  return result;
}

function accuracy(model: tf.Sequential, examples: Examples, classes: number): number {
  return tf.tidy(() => {
    const [xs, ys] = tensors(examples, classes);
    const isRight = tf.equal(tf.argMax(model.predict(xs) as tf.Tensor, 1), tf.argMax(ys, 1));
    return Number(tf.mean(isRight).dataSync()[0]!.toFixed(5));
  });
}

function tensors({inputs, labels}: Examples, classes: number): [tf.Tensor2D, tf.Tensor2D] {
  return [
    tf.tensor2d(inputs, [labels.length, inputs.length / labels.length]),
    tf.tidy(() => tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes) as tf.Tensor2D),
  ];
}
