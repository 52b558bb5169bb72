import {gridWeights, isOnPapersLine, type WeightPair} from '../../experiments/weightGrid.js';
import {fixed} from '../markdown.js';
import {type GridCell, type WeightGrid, weightsText} from '../weightGrid.js';
import {COLOURS, FAINT, INK, type Panel, panelTitle, quantity, render} from './style.js';

const [BLUE, VERMILION] = COLOURS;
const CELL = 47;
/** Light enough for dark figures on all of them. */
const SHADES = ['#f4f8fc', '#7fb4dc'];

const text = {type: 'text', color: INK, fontSize: 13} as const;
const bestDot = {type: 'circle', color: INK, opacity: 1, size: 40} as const;

/** The heat map of the pairs, and beside it what SVM on top of the best pair does. */
export async function gridFigure({
  pairs,
  bestPair,
  withHinge,
  bestWithHinge,
}: WeightGrid): Promise<string | null> {
  if (bestPair === null) return null;
  const panels = [pairsPanel(pairs, bestPair)];
  if (bestWithHinge !== null) panels.push(hingePanel(withHinge, bestPair, bestWithHinge));
  return render({
    title: {
      text: 'The weight grid: validation accuracy, %',
      subtitle: 'Outlined: the diagonal that the paper walks. Black dot: the best.',
    },
    hconcat: panels,
    spacing: 36,
    resolve: {scale: {color: 'independent'}},
  });
}

function pairsPanel(pairs: readonly GridCell[], best: GridCell): Panel {
  const values = pairs.map((cell) => ({
    lsoftmax: String(cell.lsoftmax),
    asoftmax: String(cell.asoftmax),
    accuracy: cell.accuracy,
    isOnLine: isOnPapersLine(cell),
    isBest: cell === best,
    label: fixed(cell.accuracy),
  }));
  const weights = gridWeights.map(String);
  const weightOf = (field: keyof WeightPair, domain: string[], title: string) => {
    const axis = {labelAngle: 0, domain: false, ticks: false, title: `weight of ${title}`};
    return {field, type: 'ordinal' as const, scale: {domain}, axis};
  };
  const x = weightOf('lsoftmax', weights, 'L-Softmax');
  const y = weightOf('asoftmax', [...weights].reverse(), 'A-Softmax');
  return {
    title: {text: 'L-Softmax and A-Softmax', ...panelTitle},
    width: gridWeights.length * CELL,
    height: gridWeights.length * CELL,
    data: {values},
    encoding: {x, y},
    layer: [
      {
        mark: {type: 'rect', stroke: '#ffffff', strokeWidth: 2},
        encoding: {
          color: {
            field: 'accuracy',
            type: 'quantitative',
            scale: {range: SHADES, zero: false, nice: false},
            legend: null,
          },
        },
      },
      {
        transform: [{filter: 'datum.isOnLine'}],
        mark: {type: 'rect', fillOpacity: 0, stroke: VERMILION, strokeWidth: 2.5},
      },
      {mark: {...text, dy: -2}, encoding: {text: {field: 'label'}}},
      {transform: [{filter: 'datum.isBest'}], mark: {...bestDot, yOffset: 14}},
    ],
  };
}

function hingePanel(cells: readonly GridCell[], pair: GridCell, best: GridCell): Panel {
  const values = [{...pair, hinge: 0}, ...cells].map((cell) => ({
    ...cell,
    label: fixed(cell.accuracy),
    isBest: cell === best,
  }));
  const axis = {title: 'weight of SVM', values: [0, ...gridWeights], grid: false};
  const x = quantity('hinge', {domain: [0, 1], padding: 14}, axis);
  const y = quantity('accuracy', {zero: false, padding: 24}, {title: 'validation accuracy, %', tickCount: 6});
  return {
    title: {text: 'With SVM on top', subtitle: [`of ${weightsText(pair)};`, '0: without'], ...panelTitle},
    width: 255,
    height: gridWeights.length * CELL,
    data: {values},
    encoding: {y},
    layer: [
      {transform: [{filter: 'datum.hinge === 0'}], mark: {type: 'rule', stroke: FAINT, strokeDash: [4, 3]}},
      {mark: {type: 'circle', color: BLUE, size: 60, opacity: 1}, encoding: {x}},
      {transform: [{filter: 'datum.isBest'}], mark: {...bestDot, size: 90}, encoding: {x}},
      {mark: {...text, fontSize: 11, dy: -12}, encoding: {x, text: {field: 'label'}}},
    ],
  };
}
