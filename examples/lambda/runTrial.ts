import * as tf from '@tensorflow/tfjs';
import {lossFromConfig, marginDense} from 'tfjs-losses';
import {defaultConfig} from '../cifar10/config.js';
import {readCifar10} from '../cifar10/data/cifar10.js';
import {train} from '../cifar10/trainer.js';
import {readMnist} from './mnist.js';
import type {Outcome} from './results.js';
import type {Trial} from './trials.js';

const MNIST_EPOCHS = 3;
const MNIST_BATCH = 128;
/** The last 10,000 training images validate, the test images test. */
const MNIST_TRAINING = 50_000;

/** Ten epochs with the defaults of the CIFAR-10 trainer, but for the loss and the seed. */
export async function runCifar10Trial(trial: Trial, folder: string): Promise<Outcome> {
  const config = {...defaultConfig, loss: 'candidate', seed: trial.seed};
  const losses = {candidate: {options: [], create: () => lossFromConfig(trial.loss)}};
  const {record, model} = await train(config, await readCifar10(folder), {losses});
  model.dispose();
  const {trainAccuracy = null, validationAccuracy = null, testAccuracy = null} = record.final ?? {};
  return {epochs: config.epochs, trainAccuracy, validationAccuracy, testAccuracy};
}

/** Three epochs of a network of two hidden layers, by `fit`. */
export async function runMnistTrial(trial: Trial, folder: string): Promise<Outcome> {
  const loss = lossFromConfig(trial.loss);
  const initializer = (seed: number) => tf.initializers.heNormal({seed: 10 * trial.seed + seed});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 128, activation: 'relu', kernelInitializer: initializer(1), inputShape: [784]}),
      tf.layers.dense({units: 64, activation: 'relu', kernelInitializer: initializer(2)}),
      marginDense({
        units: 10,
        kernelInitializer: initializer(3),
        normalizeKernel: loss.trainsAnglesOnly,
      }),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.001), loss, metrics: ['accuracy']});

  const training = await readMnist(folder, 'train');
  const test = await readMnist(folder, 't10k');
  const [xs, ys] = tensors(training.pixels, training.labels);
  const [testXs, testYs] = tensors(test.pixels, test.labels);
  const {history} = await model.fit(xs, ys, {
    epochs: MNIST_EPOCHS,
    batchSize: MNIST_BATCH,
    validationSplit: 1 - MNIST_TRAINING / training.labels.length,
    // The images are in no order as they come, and fit has no seed for an order of its own.
    shuffle: false,
    verbose: 0,
  });
  const [, testAccuracy] = model.evaluate(testXs, testYs) as tf.Scalar[];
  const diverged = hasDiverged(history);
  const outcome = {
    epochs: MNIST_EPOCHS,
    trainAccuracy: diverged ? null : (history.acc!.at(-1) as number),
    validationAccuracy: diverged ? null : (history.val_acc!.at(-1) as number),
    testAccuracy: diverged ? null : testAccuracy!.dataSync()[0]!,
  };
  tf.dispose([xs, ys, testXs, testYs]);
  model.dispose();
  return outcome;
}

/** A last step that makes the network NaN shows in the loss of the validation images only. */
export function hasDiverged(history: tf.History['history']): boolean {
  return ![...history.loss!, ...history.val_loss!].every(Number.isFinite);
}

function tensors(pixels: Float32Array, labels: Int32Array): [tf.Tensor2D, tf.Tensor2D] {
  return [
    tf.tensor2d(pixels, [labels.length, pixels.length / labels.length]),
    tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 10) as tf.Tensor2D),
  ];
}
