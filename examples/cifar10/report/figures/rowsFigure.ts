import {paper} from '../../experiments/paper.js';
import type {TrialRecord} from '../../experiments/trialRecord.js';
import {families} from '../families.js';
import {accuracies, runsByRow} from '../runs.js';
import {confidenceInterval} from '../statistics.js';
import {COLOURS, INK, quantity, render, roundedDomain} from './style.js';

const [OURS, PAPERS] = COLOURS;
const ROW_HEIGHT = 25;
const LABELS = 330;

/**
 * A dot plot: the test accuracy of each of the paper's rows, ours with its confidence interval beside the paper's. null if
 * there is nothing of ours.
 */
export async function rowsFigure(results: readonly TrialRecord[]): Promise<string | null> {
  const byRow = runsByRow(results);
  const rows = families.flatMap((family) => family.rows);
  const ours = rows.flatMap(({id, title}) => {
    const values = accuracies(byRow.get(id)!.runs, 'testAccuracy');
    if (values.length === 0) return [];
    const {mean, halfWidth} = confidenceInterval(values);
    return [{title, test: mean, low: mean - (halfWidth ?? 0), high: mean + (halfWidth ?? 0)}];
  });
  if (ours.length === 0) return null;
  const theirs = rows.map(({id, title}) => ({title, test: paper[id]!.test}));
  const shown = [...theirs.map(({test}) => test), ...ours.flatMap(({low, high}) => [low, high])];
  const y = {
    field: 'title',
    type: 'nominal' as const,
    scale: {domain: rows.map(({title}) => title)},
    axis: {
      title: null,
      labelFontSize: 12,
      labelColor: INK,
      labelLimit: 0,
      domain: false,
      ticks: false,
      grid: true,
    },
  };
  const scale = {domain: roundedDomain(shown, 5), nice: false};
  const x = quantity('test', scale, {title: 'test accuracy, %', tickCount: 8});
  return render({
    title: {
      text: 'CIFAR-10: test accuracy, ours and the paper’s',
      frame: 'group',
      dx: 14 - LABELS,
      subtitle: 'Filled dots: our means, with 95 % confidence intervals over seeds. Diamonds: the paper.',
    },
    // The width of the names is reserved by hand: without a canvas, Vega's guess at it is far off.
    autosize: 'none',
    padding: {left: LABELS, right: 24, top: 66, bottom: 48},
    width: 830 - LABELS - 24,
    height: rows.length * ROW_HEIGHT,
    encoding: {y},
    layer: [
      {
        data: {values: theirs},
        mark: {
          type: 'point',
          shape: 'diamond',
          size: 90,
          stroke: PAPERS,
          strokeWidth: 2,
          fill: '#ffffff',
          opacity: 1,
        },
        encoding: {x},
      },
      {
        data: {values: ours},
        mark: {type: 'rule', stroke: OURS, strokeWidth: 2.2},
        encoding: {x: {...x, field: 'low'}, x2: {field: 'high'}},
      },
      {data: {values: ours}, mark: {type: 'circle', size: 70, color: OURS, opacity: 1}, encoding: {x}},
    ],
  });
}
