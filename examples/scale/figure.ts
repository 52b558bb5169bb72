import {type Curve, draw} from '../../scripts/figures/style.js';
import {problems} from './problems.js';
import {type Series, seriesOf} from './table.js';
import {roundedAutoScale, scalesFor, type TrialResult} from './trials.js';

const LOWEST = -16;
const HIGHEST = 8;
/** The problems that are drawn, and where their names stand: at this many times the scale of the rule. */
const labels = {
  'digits-10': {x: 16.3, dx: 4, dy: 0},
  'cifar-10': {x: 6, dx: 6, dy: -4},
  'numbers-60': {x: 5, dx: 6, dy: -8},
  'numbers-1000': {x: 1.2, dx: 10, dy: 20},
} as const;

/** An SVG of accuracy compared with softmax over the scale, in multiples of what `'auto'` gives for so many classes. */
export function drawFigure(results: readonly TrialResult[]): Promise<string> {
  const series = seriesOf(results);
  return draw(
    ['normalizedSoftmax', 'arcface, m = 0.5'].map((loss) => ({
      title: loss,
      subtitle: 'test accuracy less that of softmax',
      x: {title: "s / s of 'auto'", domain: [0.2, 17], type: 'log', values: [0.25, 0.5, 1, 2, 4, 8, 16]},
      y: {title: 'percentage points', domain: [LOWEST, HIGHEST], values: [-15, -10, -5, 0, 5]},
      curves: [auto, ...series.filter((one) => one.loss === loss && one.problem in labels).map(curve)],
    })),
  );
}

const auto: Curve = {
  name: "'auto'",
  points: [
    {x: 1, y: LOWEST},
    {x: 1, y: HIGHEST},
  ],
  label: {x: 1, dx: 6, dy: 0},
  dash: [4, 4],
};

function curve({problem, at, softmax}: Series): Curve {
  const {title, classes} = problems[problem];
  return {
    name: `${title}, C = ${classes}`,
    points: scalesFor(classes).map((scale) => ({
      x: scale / roundedAutoScale(classes),
      y: at(scale, 'testAccuracy') - softmax('testAccuracy'),
    })),
    label: labels[problem as keyof typeof labels],
  };
}
