import type {Row} from '../../experiments/rows.js';
import type {TrialRecord} from '../../experiments/trialRecord.js';
import {type Family, families, nameInFamily} from '../families.js';
import {type RowRuns, runsByRow} from '../runs.js';
import {COLOURS, GREY, type Panel, panelTitle, quantity, render, roundedDomain, yAxis} from './style.js';

/** Which of the paper's figures: the curves of one part of the images, for the rows of one table. */
export interface CurvesFigure {
  readonly number: 6 | 7 | 8 | 9;
  readonly table: 1 | 2;
  readonly curve: keyof TrialRecord['curves'];
  readonly title: string;
}

export const curvesFigures: readonly CurvesFigure[] = [
  {number: 6, table: 1, curve: 'trainAccuracy', title: 'Training accuracy, individual losses'},
  {number: 7, table: 1, curve: 'validationAccuracy', title: 'Validation accuracy, individual losses'},
  {number: 8, table: 2, curve: 'trainAccuracy', title: 'Training accuracy, combined losses'},
  {number: 9, table: 2, curve: 'validationAccuracy', title: 'Validation accuracy, combined losses'},
];

const REFERENCE = 'softmax';
const SOLID = [1, 0];
const DASHES = [SOLID, [7, 3], [2, 2]];

/** A point of a curve over iterations, in %: the mean over seeds, and the least and the most of them. */
interface CurvePoint {
  readonly iterations: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** A panel a family of losses, with softmax in grey in each; null if there is nothing to draw. */
export async function drawCurves(
  results: readonly TrialRecord[],
  {table, curve, title}: CurvesFigure,
): Promise<string | null> {
  const byRow = runsByRow(results);
  const pointsOf = ({id}: Row) => curvePoints(byRow.get(id)!, curve);
  const shown = families.filter(({rows}) => rows.some((row) => row.table === table));
  const points = shown.flatMap(({rows}) => rows.flatMap(pointsOf));
  if (points.length === 0) return null;
  const reference = pointsOf(byRow.get(REFERENCE)!.row);
  const [lowest, highest] = roundedDomain(
    [...points, ...reference].flatMap(({least, most}) => [least, most]),
    5,
  );
  return render({
    title: {text: title, subtitle: 'Means over seeds; bands from the least to the most of them.'},
    // Under the curves there is room for the legend.
    hconcat: shown.map((family, index) =>
      panel(family, pointsOf, reference, [lowest - 5, highest], index === 0),
    ),
    spacing: 18,
    bounds: 'flush',
    resolve: {scale: {stroke: 'independent', strokeDash: 'independent'}},
  });
}

function curvePoints({runs}: RowRuns, curve: CurvesFigure['curve']): CurvePoint[] {
  const epochs = Math.min(...runs.map(({curves}) => curves[curve].length));
  return Array.from({length: runs.length === 0 ? 0 : epochs}, (_, epoch) => {
    const values = runs.map(({curves}) => 100 * curves[curve][epoch]!);
    return {
      iterations: runs[0]!.stepsPerEpoch! * (epoch + 1),
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      least: Math.min(...values),
      most: Math.max(...values),
    };
  });
}

function panel(
  {title, rows}: Family,
  pointsOf: (row: Row) => CurvePoint[],
  reference: readonly CurvePoint[],
  domain: [number, number],
  isFirst: boolean,
): Panel {
  const own = rows
    .filter(({id}) => id !== REFERENCE)
    .map((row, index) => ({
      name: nameInFamily(row),
      colour: COLOURS[index]!,
      dash: DASHES[index]!,
      points: pointsOf(row),
    }));
  const curves = [...own, {name: 'Softmax', colour: GREY, dash: SOLID, points: reference}];
  const x = quantity('iterations', {zero: true, nice: false}, {title: 'iterations', tickCount: 4});
  const y = quantity('mean', {domain, zero: false, nice: false}, yAxis('accuracy, %', isFirst));
  const byName = <T>(range: readonly T[]) => ({
    field: 'name',
    type: 'nominal' as const,
    scale: {domain: curves.map(({name}) => name), range: [...range]},
    legend: {orient: 'bottom-right', title: null, symbolType: 'stroke', symbolSize: 500} as const,
  });
  return {
    title: {text: title, ...panelTitle},
    width: 230,
    height: 300,
    data: {
      values: curves.flatMap(({name, colour, points}) => points.map((point) => ({...point, name, colour}))),
    },
    encoding: {x},
    layer: [
      {
        mark: {type: 'area', fillOpacity: 0.16},
        // By the colour itself: a scale of its own would have a legend of its own.
        encoding: {y: {...y, field: 'least'}, y2: {field: 'most'}, fill: {field: 'colour', scale: null}},
      },
      {
        mark: {type: 'line', strokeWidth: 2},
        encoding: {
          y,
          stroke: byName(curves.map(({colour}) => colour)),
          strokeDash: byName(curves.map(({dash}) => [...dash])),
        },
      },
    ],
  };
}
