import {mean, sum} from 'simple-statistics';
import {
  type Hypothesis,
  hypotheses,
  oddMarginLosses,
  oddMarginMs,
  oddMarginTrial,
} from '../experiments/oddMargins.js';
import {paper} from '../experiments/paper.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {type FamilyId, family} from './families.js';
import {accuracies, ofStudy, type Run, runsOf} from './runs.js';

/** Test accuracies in % with m = 2, 3 and 4. */
export type ByMargin = readonly [number, number, number];

/** What became of one reading of the paper's margin, with one of the losses. */
export interface OddMarginOutcome {
  readonly loss: (typeof oddMarginLosses)[number];
  readonly hypothesis: Hypothesis;
  /** null where there is no result. */
  readonly accuracies: ReadonlyArray<number | null>;
  /** null unless all three are there. */
  readonly dip: number | null;
  /** From the paper's three figures: the root of the mean square, in points; null unless all three are there. */
  readonly distance: number | null;
}

/** How far m = 3 falls below the mean of its neighbours. */
export function dip([two, three, four]: ByMargin): number {
  return (two + four) / 2 - three;
}

/** How far m = 3 falls below the lower of its neighbours: what shows only if m = 3 falls alone. */
export function fallAlone([two, three, four]: ByMargin): number {
  return Math.min(two, four) - three;
}

/** The paper's. */
export function paperByMargin(id: FamilyId): ByMargin {
  return [paper[`${id}-2`]!.test, paper[`${id}-3`]!.test, paper[`${id}-4`]!.test];
}

/** The means of our own rows; null where there is no result. */
export function ownByMargin(results: readonly TrialRecord[], id: FamilyId): ReadonlyArray<number | null> {
  return family(id).rows.map((row) => meanAccuracy(runsOf(results, 'tables', row.id)));
}

export function isComplete(values: ReadonlyArray<number | null>): values is ByMargin {
  return values.length === oddMarginMs.length && values.every((value) => value !== null);
}

/** All hypotheses that were tried, the nearest to the paper first. */
export function oddMarginOutcomes(results: readonly TrialRecord[]): OddMarginOutcome[] {
  const tried = new Set(ofStudy(results, 'odd margins').map(({label}) => label));
  return oddMarginLosses
    .flatMap((loss) => hypotheses.map((hypothesis) => ({loss, hypothesis})))
    .filter(({loss, hypothesis}) => oddMarginMs.some((m) => tried.has(labelOf(loss, m, hypothesis))))
    .map(({loss, hypothesis}) => {
      const byMargin = oddMarginMs.map((m) =>
        meanAccuracy(runsOf(results, 'odd margins', labelOf(loss, m, hypothesis))),
      );
      return {
        loss,
        hypothesis,
        accuracies: byMargin,
        dip: isComplete(byMargin) ? dip(byMargin) : null,
        distance: isComplete(byMargin) ? distance(byMargin, paperByMargin(loss)) : null,
      };
    })
    .sort(
      (one, other) =>
        (one.distance ?? Number.POSITIVE_INFINITY) - (other.distance ?? Number.POSITIVE_INFINITY),
    );
}

function meanAccuracy(runs: readonly Run[]): number | null {
  return runs.length === 0 ? null : mean(accuracies(runs, 'testAccuracy'));
}

function labelOf(...[loss, m, hypothesis]: [OddMarginOutcome['loss'], number, Hypothesis]): string {
  // The label is the same for each seed, and however long the trial was.
  return oddMarginTrial(loss, m, hypothesis, {seed: 1, epochs: 1, limit: null}).label;
}

function distance(ours: ByMargin, theirs: ByMargin): number {
  return Math.sqrt(sum(ours.map((value, index) => (value - theirs[index]!) ** 2)) / ours.length);
}
