import * as tf from '@tensorflow/tfjs';
import {type AngleStatistics, angleStatistics} from './angles.js';
import type {Contender} from './contenders.js';
import {CLASSES, type Digits, PIXELS} from './digits.js';
import {buildNetwork, featuresOf} from './network.js';

export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** What a network makes of the test digits after training with one loss. */
export interface Outcome {
  readonly contender: Contender;
  /** The part of the test digits it tells right, from 0 to 1. */
  readonly testAccuracy: number;
  /** The 2-D features of the test digits. */
  readonly features: readonly (readonly number[])[];
  readonly angles: AngleStatistics;
  /** How long training took. */
  readonly seconds: number;
}

/** Trains a new network with the contender's loss and looks at the test digits. `onBatch` is told the batch's mean loss. */
export async function trainAndTest(
  contender: Contender,
  {train, test}: {train: Digits; test: Digits},
  {epochs, batchSize, learningRate, seed}: TrainingOptions,
  onBatch: (loss: number) => void,
): Promise<Outcome> {
  const network = buildNetwork({normalizeKernel: contender.normalizeKernel, seed});
  network.compile({optimizer: tf.train.adam(learningRate), loss: contender.loss, metrics: ['accuracy']});
  const trainData = toTensors(train);
  const testData = toTensors(test);

  const start = performance.now();
  await network.fit(trainData.images, trainData.labels, {
    epochs,
    batchSize,
    // `fit` would shuffle by Math.random; the digits already come in a seeded random order.
    shuffle: false,
    verbose: 0,
    callbacks: {onBatchEnd: async (_batch, logs) => onBatch(Number(logs!.loss))},
  });
  const seconds = (performance.now() - start) / 1000;

  const evaluation = network.evaluate(testData.images, testData.labels) as tf.Scalar[];
  const [testLoss, testAccuracy] = evaluation.map((value) => value.dataSync()[0]!);
  if (!Number.isFinite(testLoss)) {
    throw new Error(
      `training with ${contender.title} has diverged: its loss is ${testLoss}; lower learningRate`,
    );
  }
  const features = featuresOf(network, testData.images);
  const outcome = {
    contender,
    testAccuracy: testAccuracy!,
    features,
    angles: angleStatistics(features, test.labels, CLASSES),
    seconds,
  };
  tf.dispose([trainData, testData, evaluation]);
  network.optimizer.dispose();
  network.dispose();
  return outcome;
}

function toTensors({images, labels}: Digits): {images: tf.Tensor2D; labels: tf.Tensor} {
  return {
    images: tf.tensor2d(images, [labels.length, PIXELS]),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES)),
  };
}
