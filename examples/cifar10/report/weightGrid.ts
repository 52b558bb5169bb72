import {mean} from 'simple-statistics';
import type {TrialRecord} from '../experiments/trialRecord.js';
import type {WeightPair} from '../experiments/weightGrid.js';
import {distinct} from './format.js';
import {ofStudy, trialsOf, validationAccuracies} from './runs.js';

/** Weights that the grid search tried, and the validation accuracy in % that came of them. */
export interface GridCell extends WeightPair {
  /** null in the first stage, which is without SVM. */
  readonly hinge: number | null;
  readonly accuracy: number;
}

/** `0.5 L-Softmax + 0.3 A-Softmax`, or `0.2 SVM + (0.5 L-Softmax + 0.3 A-Softmax)`. */
const cellLabel = /^(?:([\d.]+) SVM \+ \()?([\d.]+) L-Softmax \+ ([\d.]+) A-Softmax\)?$/;

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
  const cells = distinct(ofStudy(results, 'weight grid').map(({label}) => label)).flatMap((label) =>
    gridCell(label, results),
  );
  const pairs = cells.filter(({hinge}) => hinge === null);
  const bestPair = best(pairs);
  const withHinge = cells.filter(
    ({hinge, lsoftmax, asoftmax}) =>
      hinge !== null && lsoftmax === bestPair?.lsoftmax && asoftmax === bestPair.asoftmax,
  );
  return {pairs, bestPair, withHinge, bestWithHinge: best(withHinge)};
}

function gridCell(label: string, results: readonly TrialRecord[]): GridCell[] {
  const match = cellLabel.exec(label);
  if (match === null) throw new Error(`the weight grid has a result of "${label}", which names no weights`);
  const [, hinge, lsoftmax, asoftmax] = match;
  const values = validationAccuracies(trialsOf(results, 'weight grid', label));
  if (values.length === 0) return [];
  return [
    {
      hinge: hinge === undefined ? null : Number(hinge),
      lsoftmax: Number(lsoftmax),
      asoftmax: Number(asoftmax),
      accuracy: mean(values),
    },
  ];
}

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
