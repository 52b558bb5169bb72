import * as vega from 'vega';
import {compile, type TopLevelSpec} from 'vega-lite';
import {degrees} from './angles.js';
import {FAINT, INK, PANEL_SIDE, type View} from './appearance.js';
import {featurePanel} from './featurePanel.js';
import {formatDegrees} from './report.js';
import type {Outcome} from './training.js';

/**
 * An SVG with a panel per loss, which shows the features of the test digits, and a bar chart of how far the digits of a
 * class spread. It has a white background of its own, so that it looks the same on light and on dark pages.
 */
export function drawPicture(outcomes: readonly Outcome[], testLabels: ArrayLike<number>): Promise<string> {
  const spec: TopLevelSpec = {
    background: '#ffffff',
    padding: 16,
    title: {
      text: 'One network, five losses',
      // Without a canvas Vega guesses generously how wide a text is: lines beyond 84 characters widen the picture.
      subtitle: [
        `Each dot is one of ${testLabels.length.toLocaleString('en')} test digits at the two features the network gives it.`,
        'An angular margin (L-Softmax, A-Softmax, and the combination with both) draws the',
        'digits of a class into a narrower sector. The panels differ in scale, not in angle.',
      ],
    },
    concat: [...outcomes.map((outcome) => featurePanel(outcome, testLabels)), spreadChart(outcomes)],
    columns: 3,
    spacing: 20,
    resolve: {scale: {x: 'independent', y: 'independent', color: 'shared'}},
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
        offset: 16,
      },
    },
  };
  return new vega.View(vega.parse(compile(spec).spec), {renderer: 'none'}).toSVG();
}

/** A bar per loss, as long as its mean within-class angle. */
function spreadChart(outcomes: readonly Outcome[]): View {
  const values = outcomes.map(({contender, angles}) => ({
    loss: contender.title,
    angle: degrees(angles.meanWithinClass),
    label: formatDegrees(angles.meanWithinClass),
  }));
  const y = {field: 'loss', type: 'nominal', sort: null, axis: null, scale: {padding: 0}} as const;
  const angle = {
    field: 'angle',
    type: 'quantitative' as const,
    axis: null,
    scale: {domainMin: 0, range: [0, PANEL_SIDE - 40]},
  };
  const text = {type: 'text', align: 'left', baseline: 'middle', color: INK} as const;
  return {
    title: {
      text: 'Within-class angle',
      subtitle: 'mean over the test digits',
      fontSize: 14,
      subtitleFontSize: 12,
      offset: 8,
    },
    data: {values},
    width: PANEL_SIDE,
    height: PANEL_SIDE,
    encoding: {y},
    view: {stroke: null},
    layer: [
      {
        mark: {type: 'bar', height: 10, yOffset: 8, color: FAINT, cornerRadiusEnd: 2},
        encoding: {x: angle},
      },
      {mark: {...text, x: 0, dy: -9, fontSize: 12}, encoding: {text: {field: 'loss'}}},
      {
        mark: {...text, dx: 5, dy: 8, fontSize: 12, fontWeight: 'bold'},
        encoding: {x: angle, text: {field: 'label'}},
      },
    ],
  };
}
