import * as tf from '@tensorflow/tfjs';
import type {Loss} from 'tfjs-losses';
import {decayWeights} from '../cifar10/optimizer.js';
import type {Examples} from './problems.js';

const BATCH = 128;
const LEARNING_RATE = 0.002;

export interface TrainingOptions {
  readonly loss: Loss;
  readonly epochs: number;
  /** @defaultValue 0 */
  readonly weightDecay?: number;
}

/** Trains with Adam, whose learning rate falls to 0 along a cosine. */
export async function train(
  model: tf.Sequential,
  examples: Examples,
  {loss, epochs, weightDecay = 0}: TrainingOptions,
): Promise<void> {
  const [xs, ys] = [inputsOf(examples), oneHot(examples, unitsOf(model))];
  const optimizer = tf.train.adam(LEARNING_RATE);
  model.compile({optimizer, loss});
  const kernels = model.trainableWeights
    .filter(({shape}) => shape.length === 2)
    .map((weight) => weight.read() as tf.Variable);
  const steps = stepsOf(examples, epochs);
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
        decayWeights(kernels, learningRate * weightDecay);
      },
    },
  });
  tf.dispose([xs, ys]);
  optimizer.dispose();
}

/** How many steps a training takes. */
export function stepsOf({labels}: Examples, epochs: number): number {
  return epochs * Math.ceil(labels.length / BATCH);
}

/** The share of examples whose class has the largest logit, rounded to five digits. */
export function accuracyOf(model: tf.Sequential, examples: Examples): number {
  return tf.tidy(() => {
    const logits = model.predict(inputsOf(examples)) as tf.Tensor2D;
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(oneHot(examples, unitsOf(model)), 1));
    return Number(tf.mean(isRight).dataSync()[0]!.toFixed(5));
  });
}

/** [examples, inputs] */
export function inputsOf({inputs, labels}: Examples): tf.Tensor2D {
  return tf.tensor2d(inputs, [labels.length, inputs.length / labels.length]);
}

function oneHot({labels}: Examples, classes: number): tf.Tensor2D {
  return tf.tidy(() => tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes) as tf.Tensor2D);
}

function unitsOf(model: tf.Sequential): number {
  return model.outputs[0]!.shape.at(-1)!;
}
