import {mean, median} from 'simple-statistics';
import {type Row, rows} from '../experiments/rows.js';
import {type Study, trialKey} from '../experiments/trial.js';
import {type TrialRecord, validationAccuracyOf} from '../experiments/trialRecord.js';
import type {FinalRecord} from '../record.js';
import {distinct} from './markdown.js';

/** A trial that came to its end, and was tried on all images. */
export type Run = TrialRecord & {readonly final: FinalRecord};

function isRun(record: TrialRecord): record is Run {
  return record.final !== null;
}

export function ofStudy(results: readonly TrialRecord[], study: Study): TrialRecord[] {
  return results.filter((record) => record.study === study);
}

/** The runs of one row of a table. */
export function runsOf(results: readonly TrialRecord[], study: Study, label: string): Run[] {
  return trialsOf(results, study, label).filter(isRun);
}

/** The trials of one thing within a study, such as a row of the tables. Seeds may tell them apart, and nothing else. */
export function trialsOf(results: readonly TrialRecord[], study: Study, label: string): TrialRecord[] {
  const trials = ofStudy(results, study).filter((record) => record.label === label);
  const settings = distinct(trials.map(({config, limit}) => trialKey({config: {...config, seed: 0}, limit})));
  if (settings.length > 1) {
    throw new Error(
      `the ${study} have results of "${label}" with ${settings.length} configurations, which have no common mean; ` +
        'leave out the results of all but one',
    );
  }
  return trials;
}

/** In %, one a run. */
export function accuracies(runs: readonly Run[], part: keyof FinalRecord): number[] {
  return runs.map(({final}) => 100 * final[part]);
}

/** In %, of the trials that came to their end: a search sees no other images. */
export function validationAccuracies(trials: readonly TrialRecord[]): number[] {
  return trials.flatMap((trial) => {
    const accuracy = validationAccuracyOf(trial);
    return accuracy === null ? [] : [100 * accuracy];
  });
}

/** A row of the tables, and what came of it. */
export interface RowRuns {
  readonly row: Row;
  /** One a seed; those that failed or diverged are not among them. */
  readonly runs: readonly Run[];
}

export type RowsById = ReadonlyMap<string, RowRuns>;

/** All rows, the paper's and ours, with and without results. */
export function runsByRow(results: readonly TrialRecord[]): RowsById {
  return new Map(rows.map((row) => [row.id, {row, runs: runsOf(results, 'tables', row.id)}]));
}

/** The row that did best on the validation images, which is how a choice between rows is made without the test images. */
export function bestOnValidation(candidates: readonly RowRuns[]): RowRuns | undefined {
  const score = ({runs}: RowRuns) => mean(accuracies(runs, 'validationAccuracy'));
  return candidates
    .filter(({runs}) => runs.length > 0)
    .reduce<RowRuns | undefined>(
      (best, candidate) => (best === undefined || score(candidate) > score(best) ? candidate : best),
      undefined,
    );
}

/** The study that times are taken from: its own, or else the tables, whose trials may have run side by side. */
export function timedStudy(results: readonly TrialRecord[]): Study {
  return ofStudy(results, 'timing').length > 0 ? 'timing' : 'tables';
}

/** Seconds an epoch, one a run: the median over its epochs. */
export function epochSeconds(results: readonly TrialRecord[], id: string): number[] {
  return trialsOf(results, timedStudy(results), id)
    .filter(({outcome}) => outcome === 'done')
    .map(({secondsPerEpoch}) => median([...secondsPerEpoch]));
}
