import * as tf from '@tensorflow/tfjs';
import type {Loss} from 'tfjs-losses';
import type {Batch} from './data/batches.js';
import {countCorrect, pixelTensor} from './evaluate.js';
import {decayWeights, type ScheduledOptimizer} from './optimizer.js';

export interface TrainingStepOptions {
  readonly model: tf.LayersModel;
  readonly loss: Loss;
  readonly optimizer: ScheduledOptimizer;
  readonly weightDecay: number;
}

export interface StepResult {
  /** The mean over the batch, before the step. If it is not a finite number, no step was taken. */
  readonly loss: number;
  /** How many images of the batch were right, before the step. */
  readonly correct: number;
}

/** One step of training: forward, backward, update. */
export class TrainingStep {
  readonly #options: TrainingStepOptions;
  readonly #variables: tf.Variable[];
  /** What weight decay applies to: the matrices, not biases, shifts and scales. */
  readonly #kernels: readonly tf.Variable[];

  constructor(options: TrainingStepOptions) {
    this.#options = options;
    this.#variables = options.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    this.#kernels = this.#variables.filter(({rank}) => rank === 2);
  }

  run(batch: Batch, learningRate: number): StepResult {
    const {model, loss, optimizer, weightDecay} = this.#options;
    return tf.tidy(() => {
      const pixels = pixelTensor(batch);
      const labels = tf.tensor1d(batch.labels, 'int32');
      let correct = 0;
      const {value, grads} = tf.variableGrads(() => {
        const logits = model.apply(pixels, {training: true}) as tf.Tensor2D;
        correct = countCorrect(logits.dataSync(), batch.labels);
        return tf.mean(loss(labels, logits));
      }, this.#variables);
      const mean = value.dataSync()[0]!;
      if (Number.isFinite(mean)) {
        optimizer.setLearningRate(learningRate);
        optimizer.applyGradients(grads);
        decayWeights(this.#kernels, learningRate * weightDecay);
      }
      return {loss: mean, correct};
    });
  }
}
