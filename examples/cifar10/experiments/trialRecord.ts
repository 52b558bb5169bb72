import type {FinalRecord, TrainRecord} from '../record.js';
import type {Trial} from './trial.js';

/** One line of a results file. Accuracies are shares in [0, 1]. */
export interface TrialRecord extends Trial, TrialResult {
  /** The command that ran it, without the places of files. */
  readonly command: string;
  /** The commit that it ran on, with `-dirty` if files had been changed; null outside of a git checkout. */
  readonly commit: string | null;
}

/** What came out of a trial. */
export interface TrialResult {
  /** `failed`: the program stopped with an error; `diverged`: the loss ceased to be a finite number. */
  readonly outcome: 'done' | 'diverged' | 'failed';
  /** What went wrong; null if nothing did. */
  readonly problem: string | null;
  readonly stepsPerEpoch: number | null;
  /** An entry an epoch. */
  readonly curves: {
    /** As the images were trained on: with dropout, and by the weights of that moment. */
    readonly trainAccuracy: readonly number[];
    readonly validationAccuracy: readonly number[];
  };
  /** Of each epoch, validation included. */
  readonly secondsPerEpoch: readonly number[];
  /** Of the finished network; null unless the trial was done, and for trials that are not tested. */
  readonly final: FinalRecord | null;
  /** How long the trial took, in seconds. */
  readonly seconds: number;
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The part of a training record that a results file keeps, rounded to what means anything. */
export function toTrialResult({epochs, final, diverged, ...record}: TrainRecord): TrialResult {
  const stepsDone = epochs.reduce((sum, {steps}) => sum + steps, 0);
  return {
    outcome: diverged ? 'diverged' : 'done',
    problem: diverged ? `the loss is not a finite number after ${stepsDone} steps` : null,
    stepsPerEpoch: epochs[0]?.steps ?? null,
    curves: {
      trainAccuracy: epochs.map(({trainAccuracy}) => fourDigits(trainAccuracy)),
      validationAccuracy: epochs.map(({validationAccuracy}) => fourDigits(validationAccuracy)),
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
