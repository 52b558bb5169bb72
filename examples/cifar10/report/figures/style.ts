import {parse, View} from 'vega';
import {type Config, compile, type TopLevelSpec} from 'vega-lite';

/** What Vega-Lite puts side by side in a figure. */
export type Panel = Extract<TopLevelSpec, {concat: unknown}>['concat'][number];

export const INK = '#1f2430';
export const FAINT = '#5b6474';
/** For a curve to compare with. */
export const GREY = '#9aa0ad';
/** Okabe and Ito's blue, vermilion and green: they stay apart for people with a colour-vision deficiency. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73'] as const;

/** Of a panel within a figure; measured from the panel alone, so that titles in a row stand at one height. */
export const panelTitle = {fontSize: 13, offset: 6, frame: 'group'} as const;

/**
 * The axis that panels in a row share: drawn at the first, and at the others there but not seen, so that it takes the
 * same height.
 */
export function yAxis(title: string, isFirst: boolean) {
  return {
    title: isFirst ? title : null,
    labelOpacity: isFirst ? 1 : 0,
    ticks: isFirst,
    domain: isFirst,
    tickCount: 6,
  };
}

/** A channel of numbers. */
export function quantity<Scale extends object, Axis extends object>(field: string, scale: Scale, axis: Axis) {
  return {field, type: 'quantitative' as const, scale, axis};
}

const config: Config = {
  aria: false,
  font: 'Helvetica, Arial, sans-serif',
  title: {
    color: INK,
    subtitleColor: FAINT,
    fontSize: 15,
    subtitleFontSize: 12,
    subtitleLineHeight: 16,
    subtitlePadding: 5,
    anchor: 'start',
    offset: 12,
  },
  axis: {
    labelColor: FAINT,
    titleColor: INK,
    gridColor: '#eceef2',
    domainColor: '#b9bdc9',
    tickColor: '#b9bdc9',
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
  },
  legend: {labelColor: INK, labelFontSize: 12, titleColor: INK, titleFontSize: 12, titleFontWeight: 'normal'},
  view: {stroke: null},
};

/** An SVG on white, so that it reads the same on light and on dark pages. */
export function render(spec: TopLevelSpec): Promise<string> {
  const whole: TopLevelSpec = {background: '#ffffff', padding: 14, ...spec, config};
  return new View(parse(compile(whole).spec), {renderer: 'none'}).toSVG();
}

/** The multiples of `step` that the values lie between. */
export function roundedDomain(values: readonly number[], step: number): [number, number] {
  return [Math.floor(Math.min(...values) / step) * step, Math.ceil(Math.max(...values) / step) * step];
}
