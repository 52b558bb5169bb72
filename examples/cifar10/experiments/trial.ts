import {z} from 'zod';
import {configSchema, type TrainConfig} from '../config.js';

/** The experiments that trials belong to. */
export const studies = ['random search', 'weight grid', 'tables', 'timing', 'odd margins'] as const;
export type Study = (typeof studies)[number];

export const trialShape = {
  study: z.enum(studies),
  /** What the trial is for within its study, such as the row of a table: for people to read. */
  label: z.string(),
  /** Its seed included. */
  config: configSchema,
  /** Only the first so many images of each part; null for all. */
  limit: z.int().min(1).nullable(),
};
const trialSchema = z.object(trialShape).readonly();
/** One training run of an experiment. */
export type Trial = z.infer<typeof trialSchema>;

/** Searches choose by validation accuracy alone, and never see the test images; what is timed is an epoch. */
export function isTested({study}: Trial): boolean {
  return study === 'tables' || study === 'odd margins';
}

const TRAINING_IMAGES = 40_000;

/** How many steps a training has. */
export function trainingSteps(
  {batchSize, epochs}: Pick<TrainConfig, 'batchSize' | 'epochs'>,
  limit: number | null,
): number {
  return epochs * Math.ceil(Math.min(limit ?? TRAINING_IMAGES, TRAINING_IMAGES) / batchSize);
}

/** What tells one trial from another: all that its result depends on. */
export function trialKey({config, limit}: Pick<Trial, 'config' | 'limit'>): string {
  const settings = Object.entries(config).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([settings, limit]);
}
