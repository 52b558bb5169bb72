import {mean} from 'simple-statistics';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {gridWeights, hingeLabel, pairLabel, type WeightPair, weightPairs} from '../experiments/weightGrid.js';
import {trialsOf, validationAccuracies} from './runs.js';

/** Weights that the grid search tried, and the validation accuracy in % that came of them. */
export interface GridCell extends WeightPair {
  /** null in the first stage, which is without SVM. */
  readonly hinge: number | null;
  readonly accuracy: number;
}

export interface WeightGrid {
  /** First stage. */
  readonly pairs: readonly GridCell[];
  /** null as long as no pair has a result. */
  readonly bestPair: GridCell | null;
  /** Second stage: SVM on top of the best pair. */
  readonly withHinge: readonly GridCell[];
  readonly bestWithHinge: GridCell | null;
}

export function weightGrid(results: readonly TrialRecord[]): WeightGrid {
  const pairs = weightPairs.flatMap((pair) => gridCell({...pair, hinge: null}, pairLabel(pair), results));
  const bestPair = best(pairs);
  const withHinge =
    bestPair === null
      ? []
      : gridWeights.flatMap((hinge) => gridCell({...bestPair, hinge}, hingeLabel(hinge, bestPair), results));
  return {pairs, bestPair, withHinge, bestWithHinge: best(withHinge)};
}

function gridCell(
  weights: Omit<GridCell, 'accuracy'>,
  label: string,
  results: readonly TrialRecord[],
): GridCell[] {
  const values = validationAccuracies(trialsOf(results, 'weight grid', label));
  return values.length === 0 ? [] : [{...weights, accuracy: mean(values)}];
}

/** The first of equals, as in the search itself. */
function best(cells: readonly GridCell[]): GridCell | null {
  return cells.reduce<GridCell | null>(
    (most, cell) => (most === null || cell.accuracy > most.accuracy ? cell : most),
    null,
  );
}

export function weightsText({hinge, lsoftmax, asoftmax}: Omit<GridCell, 'accuracy'>): string {
  const pair = `${lsoftmax} L-Softmax + ${asoftmax} A-Softmax`;
  return hinge === null ? pair : `${hinge} SVM + ${pair}`;
}
