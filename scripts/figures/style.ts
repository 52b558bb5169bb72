import {parse, View} from 'vega';
import {compile, type TopLevelSpec} from 'vega-lite';

const INK = '#1f2430';
const FAINT = '#6b7080';

/**
 * Okabe and Ito's colours, which stay apart for people with a colour-vision deficiency, those that are dark enough for a
 * line on white. Every line carries its name too, so that no reader depends on colour.
 */
export const COLOURS = ['#000000', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b07f00'];

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One curve, and where its name stands. */
export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  readonly label: Label;
  /** Lengths of dashes and gaps; none for a solid line. */
  readonly dash?: readonly number[];
}

/** A curve's name stands beside the curve at `x`, moved by `dx` and `dy` pixels. */
export interface Label {
  readonly x: number;
  readonly dx: number;
  readonly dy: number;
  readonly align?: 'left' | 'right';
}

export interface Axis {
  readonly title: string;
  readonly domain: readonly [number, number];
  readonly type?: 'linear' | 'log';
  readonly values?: readonly number[];
  /** A Vega expression for the text of a tick, of `datum.value`. */
  readonly labels?: string;
}

export interface Panel {
  readonly title: string;
  readonly subtitle?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
}

/** An SVG of panels side by side, on white, so that it reads the same on light and on dark pages. */
export function draw(panels: readonly Panel[]): Promise<string> {
  const spec: TopLevelSpec = {
    background: '#ffffff',
    padding: 16,
    hconcat: panels.map(panelSpec),
    spacing: 36,
    resolve: {scale: {color: 'independent', strokeDash: 'independent'}},
    config: {
      aria: false,
      font: 'Helvetica, Arial, sans-serif',
      title: {
        color: INK,
        subtitleColor: FAINT,
        fontSize: 15,
        subtitleFontSize: 12,
        anchor: 'start',
        offset: 10,
      },
      axis: {
        labelColor: FAINT,
        titleColor: INK,
        gridColor: '#eceef2',
        domainColor: '#b9bdc9',
        tickColor: '#b9bdc9',
        labelFontSize: 12,
        titleFontSize: 13,
        titleFontWeight: 'normal',
      },
      view: {stroke: null},
    },
  };
  return new View(parse(compile(spec).spec), {renderer: 'none'}).toSVG();
}

function panelSpec({title, subtitle, x, y, curves}: Panel) {
  const colour = {
    field: 'name',
    type: 'nominal' as const,
    scale: {domain: curves.map(({name}) => name), range: COLOURS},
    legend: null,
  };
  const dash = {
    field: 'name',
    type: 'nominal' as const,
    scale: {domain: curves.map(({name}) => name), range: curves.map((curve) => [...(curve.dash ?? [1, 0])])},
    legend: null,
  };
  const encoding = {x: channel('x', x), y: channel('y', y)};
  return {
    title: {text: title, ...(subtitle !== undefined && {subtitle})},
    width: 380,
    height: 300,
    layer: [
      {
        data: {values: curves.flatMap(({name, points}) => points.map((point) => ({...point, name})))},
        mark: {type: 'line' as const, strokeWidth: 2.2, clip: true},
        encoding: {...encoding, color: colour, strokeDash: dash},
      },
      ...curves.map(({name, points, label: {x: at, dx, dy, align = 'left'}}) => ({
        data: {values: [{...nearest(points, at), name}]},
        mark: {type: 'text' as const, fontSize: 13, fontWeight: 'bold' as const, align, dx, dy},
        encoding: {...encoding, text: {field: 'name'}, color: colour},
      })),
    ],
  };
}

function nearest(points: readonly Point[], x: number): Point {
  return points.reduce((best, point) => (Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best));
}

function channel(field: 'x' | 'y', {title, domain, type = 'linear', values, labels}: Axis) {
  return {
    field,
    type: 'quantitative' as const,
    scale: {domain: [...domain], type, nice: false, ...(type === 'linear' && {zero: false})},
    axis: {
      title,
      ...(values !== undefined && {values: [...values]}),
      ...(labels !== undefined && {labelExpr: labels}),
    },
  };
}

/** `count` + 1 numbers from `from` to `to`, evenly spaced. */
export function steps(from: number, to: number, count: number): number[] {
  return Array.from({length: count + 1}, (_, i) => from + ((to - from) * i) / count);
}

/** An axis of angles from 0 to π, marked in quarters of π. */
export function angleAxis(title: string): Axis {
  const quarters = ['0', 'π/4', 'π/2', '3π/4', 'π'];
  return {
    title,
    domain: [0, Math.PI],
    values: quarters.map((_, i) => (i * Math.PI) / 4),
    labels: `${JSON.stringify(quarters)}[round(datum.value / PI * 4)]`,
  };
}
