import {type Curve, draw, type Point} from '../../scripts/figures/style.js';
import {type ProblemName, problems} from './problems.js';
import {type Series, seriesOf} from './table.js';
import {roundedAutoScale, scalesFor, type TrialResult} from './trials.js';

const LOWEST = -16;
const HIGHEST = 8;
/** What is drawn: by loss and problem, the name of a curve, and where it stands, at a multiple of the scale of `'auto'`. */
const panels: Readonly<Record<string, Partial<Record<ProblemName, Pick<Curve, 'name' | 'label'>>>>> = {
  normalizedSoftmax: {
    'digits-10': {name: 'digits, C = 10', label: {x: 16, dx: 6, dy: 0}},
    'cifar-10': {name: 'CIFAR-10, C = 10', label: {x: 16, dx: 6, dy: 0}},
    'numbers-60': {name: 'numbers, C = 60', label: {x: 10.4, dx: -4, dy: 28}},
    'numbers-1000': {name: 'numbers, C = 1000', label: {x: 7, dx: -10, dy: 0, align: 'right'}},
  },
  'arcface, m = 0.5': {
    'digits-10': {name: 'digits, C = 10', label: {x: 16, dx: 6, dy: 0}},
    'cifar-10': {name: 'CIFAR-10, C = 10', label: {x: 16, dx: 6, dy: -2}},
    'numbers-60': {name: 'numbers, C = 60', label: {x: 4.9, dx: 18, dy: 20}},
    'numbers-1000': {name: 'numbers, C = 1000', label: {x: 0.7, dx: -8, dy: 0, align: 'right'}},
  },
};

/** An SVG of accuracy compared with softmax over the scale, in multiples of what `'auto'` gives for so many classes. */
export function drawFigure(results: readonly TrialResult[]): Promise<string> {
  const series = seriesOf(results);
  return draw(
    Object.entries(panels).map(([loss, curves]) => ({
      title: loss,
      subtitle: 'test accuracy less that of softmax, in points',
      x: {title: "s / s of 'auto'", domain: [0.2, 17], type: 'log', values: [0.25, 0.5, 1, 2, 4, 8, 16]},
      y: {title: 'points', domain: [LOWEST, HIGHEST], values: [-15, -10, -5, 0, 5]},
      curves: [
        auto,
        ...series.flatMap((one) => {
          const style = one.loss === loss && curves[one.problem];
          return style ? [{...style, points: pointsOf(one)}] : [];
        }),
      ],
    })),
  );
}

const auto: Curve = {
  name: "'auto'",
  points: [
    {x: 1, y: LOWEST},
    {x: 1, y: HIGHEST},
  ],
  label: {x: 1, dx: -6, dy: -12, align: 'right'},
  dash: [4, 4],
};

function pointsOf({problem, at, softmax}: Series): Point[] {
  const {classes} = problems[problem];
  return scalesFor(classes).map((scale) => ({
    x: scale / roundedAutoScale(classes),
    y: at(scale, 'testAccuracy') - softmax('testAccuracy'),
  }));
}
