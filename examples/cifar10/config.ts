import {z} from 'zod';
import {optimizerNames} from './optimizer.js';

/** All that a training run depends on, beside the images. The same configuration gives the same curves. */
export const configSchema = z
  .strictObject({
    /** The loss as an expression: see {@link parseLoss}. */
    loss: z.string().min(1),
    epochs: z.int().min(1),
    batchSize: z.int().min(2),
    /** Units of each hidden block. */
    hidden: z.array(z.int().min(1)).readonly(),
    optimizer: z.enum(optimizerNames),
    /** The highest learning rate; the schedule scales it down. */
    learningRate: z.number().positive(),
    /** The learning-rate schedule as an expression: see {@link parseSchedule}. */
    schedule: z.string().min(1),
    /** Decoupled: a step shrinks the kernels by learning rate × weight decay. */
    weightDecay: z.number().min(0),
    /** The share of a hidden block's units dropped at each training step. */
    dropout: z.number().min(0).lt(1),
    /** Whether the last layer has a bias. */
    bias: z.boolean(),
    /** Whether the last layer's logits are ‖x‖cos θ; `null` means: if the loss trains nothing but angles. */
    normalizeKernel: z.boolean().nullable(),
    seed: z.int().min(0),
  })
  .readonly();
export type TrainConfig = z.infer<typeof configSchema>;

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
