import {CLASS_COLOURS, INK, PANEL_SIDE, PAPER, type View} from './appearance.js';
import {formatPercent} from './report.js';
import type {Outcome} from './training.js';

/** The features lie within this many pixels of the origin, which is the centre of the panel, … */
const CLOUD_RADIUS = 112;
/** … but for this part of them: one straggler shall not shrink all others. */
const OUTSIDE = 0.005;
/** A class's number stands this far beyond its farthest digit, … */
const LABEL_GAP = 13;
/** … and never nearer to the origin than this, where there would be no room for it. */
const LEAST_LABEL_RADIUS = 40;

const NUMBER = {type: 'text', fontSize: 13, fontWeight: 'bold'} as const;

/** The Vega-Lite view of one loss: the features as dots, coloured by class, and each class's number at its end. */
export function featurePanel(outcome: Outcome, labels: ArrayLike<number>): View {
  const {contender, testAccuracy, features} = outcome;
  const norms = features.map((vector) => Math.hypot(...vector));
  // All features are 0 if training failed: then there is nothing to scale.
  const pixelsPerUnit = CLOUD_RADIUS / (quantile(norms, 1 - OUTSIDE) || 1);
  const position = (field: 'x' | 'y') => ({
    field,
    type: 'quantitative' as const,
    scale: {domain: [-PANEL_SIDE / 2, PANEL_SIDE / 2], nice: false, zero: false},
    axis: null,
  });
  const x = position('x');
  const y = position('y');
  return {
    title: {
      text: contender.title,
      subtitle: `${formatPercent(testAccuracy)} test accuracy`,
      fontSize: 14,
      subtitleFontSize: 12,
      offset: 8,
    },
    width: PANEL_SIDE,
    height: PANEL_SIDE,
    view: {stroke: '#e3e5ea', fill: PAPER},
    layer: [
      {
        data: {values: dots(features, labels, pixelsPerUnit)},
        // A line that breaks after every point and has round ends draws a dot per point, and all dots of a class are
        // one SVG path; a point mark would write an element per digit and a file ten times the size.
        mark: {
          type: 'line',
          strokeWidth: 2.2,
          strokeCap: 'round',
          opacity: 0.75,
          clip: true,
          invalid: 'break-paths-filter-domains',
        },
        encoding: {
          x,
          y,
          order: {field: 'index'},
          color: {
            field: 'digit',
            type: 'nominal',
            scale: {domain: CLASS_COLOURS.map((_, digit) => digit), range: CLASS_COLOURS},
            legend: null,
          },
        },
      },
      {
        data: {values: numbers(outcome, labels, pixelsPerUnit)},
        encoding: {x, y, text: {field: 'digit'}},
        // The halo keeps a number legible on top of stray dots.
        layer: [
          {mark: {...NUMBER, color: PAPER, stroke: PAPER, strokeWidth: 4, strokeJoin: 'round'}},
          {mark: {...NUMBER, color: INK}},
        ],
      },
    ],
  };
}

/** The features in pixels from the centre, rounded to a tenth, with a break after each. */
function dots(features: Outcome['features'], labels: ArrayLike<number>, pixelsPerUnit: number) {
  const round = (value: number) => Math.round(value * pixelsPerUnit * 10) / 10;
  return features.flatMap(([x, y], index) => [
    {digit: labels[index]!, index, x: round(x!), y: round(y!)},
    {digit: labels[index]!, index, x: null, y: null},
  ]);
}

/** Each class's number in its direction, in pixels from the centre. */
function numbers({features, angles}: Outcome, labels: ArrayLike<number>, pixelsPerUnit: number) {
  return angles.directions.map((direction, digit) => {
    const length = Math.hypot(...direction);
    const [x, y] = direction.map((value) => value / length);
    const reaches = features.map((feature, index) =>
      labels[index] === digit ? feature[0]! * x! + feature[1]! * y! : 0,
    );
    const radius = Math.max(LEAST_LABEL_RADIUS, Math.max(...reaches) * pixelsPerUnit + LABEL_GAP);
    const toEdge = (PANEL_SIDE / 2 - LABEL_GAP) / Math.max(Math.abs(x!), Math.abs(y!));
    const inside = Math.min(radius, toEdge);
    return {digit, x: inside * x!, y: inside * y!};
  });
}

/** The smallest value that at least this part of the values does not exceed. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}
