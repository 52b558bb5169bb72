import {mean, median} from 'simple-statistics';
import {type Row, rows} from '../experiments/rows.js';
import type {Study} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {accuracies, ofStudy, type Run, runsOf, trialsOf} from './runs.js';

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
