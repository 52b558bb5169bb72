import {mean} from 'simple-statistics';
import {type Curve, draw, type Label, type Panel} from '../../scripts/figures/style.js';
import {confidenceInterval} from '../cifar10/report/statistics.js';
import {combination, weights} from './contenders.js';
import {type ProblemName, problems} from './problems.js';
import {type Standings, standingsOf} from './table.js';
import {REFERENCE, type TrialResult} from './trials.js';

const LARGEST = weights.at(-1)!;
/** Where there is room for the name of the curve. */
const labels: Readonly<Record<ProblemName, Label>> = {
  mnist: {x: 0.34, dx: 0, dy: -14},
  cifar10: {x: 1, dx: 8, dy: -12},
  numbers: {x: 0.34, dx: 14, dy: 44},
};

/** An SVG of AUROC less that of tuned softmax, over the weight of A-Softmax. */
export function drawFigure(results: readonly TrialResult[]): Promise<string> {
  return draw(standingsOf(results).map(panel));
}

function panel(standings: Standings): Panel {
  const at = weights.map((weight) => ({
    weight,
    ...confidenceInterval(standings.differences(combination(weight), REFERENCE, 'auroc')),
  }));
  const bound = (name: string, side: number): Curve => ({
    name,
    points: at.map(({weight: x, mean: y, halfWidth}) => ({x, y: y + side * halfWidth!})),
    label: {x: 1, dx: 8, dy: -14 * side},
    dash: [2, 3],
  });
  const level = (name: string, y: number, dy: number): Curve => ({
    name,
    points: [
      {x: 0, y},
      {x: LARGEST, y},
    ],
    label: {x: LARGEST, dx: -4, dy, align: 'right'},
    dash: [6, 4],
  });
  return {
    title: problems[standings.problem].title,
    subtitle: 'AUROC less that of tuned softmax, in points',
    x: {title: 'weight of A-Softmax', domain: [0, LARGEST], values: weights, labels: 'datum.value'},
    y: {title: 'points', domain: [-8, 8]},
    curves: [
      level('tuned softmax', 0, 10),
      {
        name: 'combination',
        points: at.map(({weight: x, mean: y}) => ({x, y})),
        label: labels[standings.problem],
      },
      level('A-Softmax alone', mean(standings.differences('asoftmax', REFERENCE, 'auroc')), -8),
      bound('upper 95 % bound', 1),
      bound('lower 95 % bound', -1),
    ],
  };
}
