import {z} from 'zod';
import {accuracy, circumstances, finalSchema, seconds, type TrainRecord} from '../record.js';
import {trialShape} from './trial.js';

/** What came out of a trial. */
const resultShape = {
  /** `failed`: the program stopped with an error; `diverged`: loss or outputs ceased to be finite numbers. */
  outcome: z.enum(['done', 'diverged', 'failed']),
  /** What went wrong; null if nothing did. */
  problem: z.string().nullable(),
  stepsPerEpoch: z.int().min(1).nullable(),
  /** An entry an epoch. */
  curves: z
    .object({
      /** As the images were trained on: with dropout, and by the weights of that moment. */
      trainAccuracy: z.array(accuracy).readonly(),
      validationAccuracy: z.array(accuracy).readonly(),
    })
    .readonly(),
  /** Of each epoch, validation included. */
  secondsPerEpoch: z.array(seconds).readonly(),
  /** Of the finished network; null unless the trial was done, and for trials that are not tested. */
  final: finalSchema.nullable(),
  ...circumstances,
};
const resultSchema = z.object(resultShape).readonly();
export type TrialResult = z.infer<typeof resultSchema>;

/** One line of a results file. */
export const trialRecordSchema = z
  .object({
    ...trialShape,
    ...resultShape,
    /** The command that ran it, without the places of files. */
    command: z.string(),
    /** The commit that it ran on, with `-dirty` if files had been changed; null outside of a git checkout. */
    commit: z.string().nullable(),
  })
  .refine(
    ({outcome, config, curves}) => outcome !== 'done' || curves.validationAccuracy.length === config.epochs,
    {
      path: ['curves', 'validationAccuracy'],
      message: 'expected an entry for each of the epochs, since the trial is done',
    },
  )
  .readonly();
export type TrialRecord = z.infer<typeof trialRecordSchema>;

/** The part of a training record that a results file keeps, rounded to what means anything. */
export function toTrialResult({epochs, final, diverged, ...record}: TrainRecord): TrialResult {
  const stepsDone = epochs.reduce((sum, {steps}) => sum + steps, 0);
  return {
    outcome: diverged ? 'diverged' : 'done',
    problem: diverged ? `the loss or the outputs are not finite numbers after ${stepsDone} steps` : null,
    stepsPerEpoch: epochs[0]?.steps ?? null,
    curves: {
      trainAccuracy: epochs.map(({trainAccuracy}) => fourDigits(trainAccuracy)),
      validationAccuracy: epochs.flatMap(({validationAccuracy}) =>
        validationAccuracy === null ? [] : [fourDigits(validationAccuracy)],
      ),
    },
    secondsPerEpoch: epochs.map(({seconds}) => seconds),
    final: diverged ? null : final,
    seconds: record.seconds,
    startedAt: record.startedAt,
    versions: record.versions,
  };
}

/** Of the finished network; null unless the trial was done. */
export function validationAccuracyOf({outcome, curves}: TrialResult): number | null {
  return outcome === 'done' ? curves.validationAccuracy.at(-1)! : null;
}

/** What is recorded of a trial whose program stopped with an error. */
export function failure(problem: string, startedAt: Date, versions: TrialResult['versions']): TrialResult {
  return {
    outcome: 'failed',
    problem,
    stepsPerEpoch: null,
    curves: {trainAccuracy: [], validationAccuracy: []},
    secondsPerEpoch: [],
    final: null,
    seconds: Math.round((Date.now() - startedAt.getTime()) / 10) / 100,
    startedAt: startedAt.toISOString(),
    versions,
  };
}

function fourDigits(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
