import type {OptimizerName} from './optimizer.js';

/** All that a training run depends on, beside the images. The same configuration gives the same curves. */
export interface TrainConfig {
  /** The loss as an expression: see {@link parseLoss}. */
  readonly loss: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Units of each hidden block. */
  readonly hidden: readonly number[];
  readonly optimizer: OptimizerName;
  /** The highest learning rate; the schedule scales it down. */
  readonly learningRate: number;
  /** The learning-rate schedule as an expression: see {@link parseSchedule}. */
  readonly schedule: string;
  /** Decoupled: a step shrinks the kernels by learning rate × weight decay. */
  readonly weightDecay: number;
  /** The share of a hidden block's units dropped at each training step. */
  readonly dropout: number;
  /** Whether the last layer has a bias. */
  readonly bias: boolean;
  /** Whether the last layer's logits are ‖x‖cos θ; `null` means: if the loss trains nothing but angles. */
  readonly normalizeKernel: boolean | null;
  readonly seed: number;
}

/** The network is the paper's; the rest did best on the validation images, for softmax and for the paper's combination. */
export const defaultConfig: TrainConfig = {
  loss: 'softmax',
  epochs: 10,
  batchSize: 128,
  hidden: [100, 100, 100, 100, 100],
  optimizer: 'adam',
  learningRate: 0.003,
  schedule: 'cosine',
  weightDecay: 0.5,
  dropout: 0,
  bias: false,
  normalizeKernel: null,
  seed: 1,
};
