import * as vega from 'vega';
import {compile, type TopLevelSpec} from 'vega-lite';
import {FAINT, INK} from '../quickstart/appearance.js';
import {KNOWN, STRANGERS} from './data.js';
import {formatPercent, sharesOf} from './report.js';
import type {Outcome} from './unknown.js';

const BINS = 60;
const SIDES = ['known digits', 'strangers'];
const COLOURS = ['#3f90da', '#e76300'];

/**
 * An SVG of how the scores of known digits and of strangers are distributed, with the threshold between them. It has a
 * white background of its own, so that it looks the same on light and on dark pages.
 */
export function drawPicture({before, threshold}: Outcome): Promise<string> {
  const refused = (digits: readonly number[]) => formatPercent(sharesOf(before, digits.map(String)).refused);
  const axis = {labelColor: FAINT, titleColor: INK, gridColor: '#eceef2', titleFontWeight: 'normal' as const};
  const score = {field: 'score', type: 'quantitative' as const, scale: {zero: false}};
  const side = {
    field: 'side',
    type: 'nominal' as const,
    scale: {domain: SIDES, range: COLOURS},
    legend: {title: null, orient: 'top-left' as const, labelFontSize: 13, labelColor: INK},
  };
  const spec: TopLevelSpec = {
    background: '#ffffff',
    padding: 16,
    title: {
      text: 'Six digits known, four never seen',
      subtitle: [
        `Left of the threshold the answer is “unknown”: ${refused(KNOWN)} of the known digits,`,
        `${refused(STRANGERS)} of the strangers.`,
      ],
    },
    width: 560,
    height: 280,
    layer: [
      {
        data: {values: histogram(before)},
        mark: {type: 'area', interpolate: 'step', opacity: 0.55, line: true},
        encoding: {
          x: {...score, title: 'score: cosine of features and the nearest class mean', axis},
          y: {
            field: 'share',
            type: 'quantitative',
            stack: null,
            title: 'share of images',
            axis: {...axis, format: '%'},
          },
          color: side,
        },
      },
      {
        data: {values: [{score: threshold}]},
        mark: {type: 'rule', color: INK, strokeWidth: 2, strokeDash: [6, 4]},
        encoding: {x: score},
      },
      {
        data: {values: [{score: threshold, text: 'threshold'}]},
        mark: {type: 'text', align: 'right', dx: -6, y: 8, fontSize: 13, fontWeight: 'bold', color: INK},
        encoding: {x: score, text: {field: 'text'}},
      },
    ],
    config: {
      font: 'Helvetica, Arial, sans-serif',
      title: {
        color: INK,
        subtitleColor: FAINT,
        fontSize: 18,
        subtitleFontSize: 13,
        subtitleLineHeight: 18,
        subtitlePadding: 6,
        anchor: 'start',
        offset: 14,
      },
      view: {stroke: null},
    },
  };
  return new vega.View(vega.parse(compile(spec).spec), {renderer: 'none'}).toSVG();
}

/** For each side, the share of its images in each bin of the scores. */
function histogram({labels, answers}: Outcome['before']) {
  const scores = answers.map(({score}) => score);
  const [least, largest] = [Math.min(...scores), Math.max(...scores)];
  const width = (largest - least) / BINS || 1;
  return [KNOWN, STRANGERS].flatMap((digits, side) => {
    const own = scores.filter((_, i) => digits.includes(Number(labels[i])));
    return Array.from({length: BINS}, (_, bin) => {
      const inBin = own.filter((score) => Math.min(BINS - 1, Math.floor((score - least) / width)) === bin);
      return {side: SIDES[side], score: least + (bin + 0.5) * width, share: inBin.length / own.length};
    });
  });
}
