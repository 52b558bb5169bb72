import {mean} from 'simple-statistics';
import {type Curve, draw, type Panel} from '../../scripts/figures/style.js';
import {confidenceInterval} from '../cifar10/report/statistics.js';
import {combination, weights} from './contenders.js';
import {problems} from './problems.js';
import {type Standings, standingsOf} from './table.js';
import {REFERENCE, type TrialResult} from './trials.js';

const LARGEST = weights.at(-1)!;

/** An SVG of AUROC less that of tuned softmax, over the weight of A-Softmax. */
export function drawFigure(results: readonly TrialResult[]): Promise<string> {
  return draw(standingsOf(results).map(panel));
}

function panel(standings: Standings): Panel {
  const at = weights.map((weight) => ({
    weight,
    ...confidenceInterval(standings.differences(combination(weight), REFERENCE, 'auroc')),
  }));
  const bound = (name: string, side: number, dy: number): Curve => ({
    name,
    points: at.map(({weight: x, mean: y, halfWidth}) => ({x, y: y + side * halfWidth!})),
    label: {x: 1, dx: 0, dy},
    dash: [2, 3],
  });
  const level = (name: string, y: number): Curve => ({
    name,
    points: [
      {x: 0, y},
      {x: LARGEST, y},
    ],
    label: {x: LARGEST, dx: -4, dy: -8, align: 'right'},
    dash: [6, 4],
  });
  const alone = mean(standings.differences('asoftmax', REFERENCE, 'auroc'));
  return {
    title: problems[standings.problem].title,
    subtitle: 'AUROC less that of tuned softmax, in points',
    x: {title: 'weight of A-Softmax', domain: [0, LARGEST], values: weights},
    y: {title: 'points', domain: [-6, 6]},
    curves: [
      level('tuned softmax', 0),
      {
        name: 'combination',
        points: at.map(({weight: x, mean: y}) => ({x, y})),
        label: {x: 0.34, dx: 6, dy: -10},
      },
      level('A-Softmax alone', alone),
      bound('95 % interval', 1, -6),
      bound('', -1, 0),
    ],
  };
}
