import {z} from 'zod';
import {configSchema} from './config.js';

/** A share of right answers, in [0, 1]. */
export const accuracy = z.number().min(0).max(1);
export const seconds = z.number().min(0);
const count = z.int().min(0);

/** Accuracy of the finished network, without dropout. */
export const finalSchema = z
  .object({trainAccuracy: accuracy, validationAccuracy: accuracy, testAccuracy: accuracy})
  .readonly();
export type FinalRecord = z.infer<typeof finalSchema>;

/** One term of the loss over an epoch. */
const termSchema = z
  .object({
    /** Its formula, such as `lsoftmax(m=4)`. */
    term: z.string(),
    weight: z.number().min(0),
    /** The mean over the training images, before the weight. */
    loss: z.number(),
    /** λ after the epoch's last step; null for a loss that has none. */
    lambda: z.number().min(0).nullable(),
  })
  .readonly();
export type TermRecord = z.infer<typeof termSchema>;

const epochSchema = z
  .object({
    /** From 1. */
    epoch: z.int().min(1),
    /** Training steps in this epoch: fewer than the others have if the run was stopped. */
    steps: z.int().min(1),
    /** The sum of weight × loss over the terms. */
    loss: z.number(),
    terms: z.array(termSchema).readonly(),
    /** As the images were trained on: with dropout, and by the weights of that moment. */
    trainAccuracy: accuracy,
    /** null if the network's outputs are no numbers any more. */
    validationAccuracy: accuracy.nullable(),
    /** At the epoch's last step. */
    learningRate: z.number().min(0),
    /** Of training and validation together. */
    seconds,
  })
  .readonly();
export type EpochRecord = z.infer<typeof epochSchema>;

/** What is common to the records of a run and of a trial. */
export const circumstances = {
  seconds,
  startedAt: z.iso.datetime(),
  versions: z.record(z.string(), z.string()).readonly(),
};

export const trainRecordSchema = z
  .object({
    config: configSchema,
    /** How many images each part had. */
    images: z.object({training: count, validation: count, test: count}).readonly(),
    epochs: z.array(epochSchema).readonly(),
    /** Null if the run diverged, or if it was not asked for. */
    final: finalSchema.nullable(),
    /** Whether it was stopped before its last step. */
    interrupted: z.boolean(),
    /** Whether the loss or the network's outputs ceased to be finite numbers; training stops there. */
    diverged: z.boolean(),
    parameters: count,
    ...circumstances,
  })
  .readonly();
export type TrainRecord = z.infer<typeof trainRecordSchema>;
