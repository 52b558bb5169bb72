import type {FoundSettings, Hyperparameters} from '../../experiments/hyperparameters.js';
import {searchedLosses} from '../../experiments/searchSpace.js';
import {type TrialRecord, validationAccuracyOf} from '../../experiments/trialRecord.js';
import {count, distinct} from '../markdown.js';
import {COLOURS, type Panel, panelTitle, quantity, render, yAxis} from './style.js';

const [, VERMILION] = COLOURS;
/** From light to dark, and none too light for a dot on white. */
const SHADES = ['#9cc9e8', '#003d66'];
/** So many points below the best trial, the axis ends: beyond, differences between good trials would not show. */
const DEPTH = 20;
const WIDTH = 745;
const GAP = 16;

/** A panel a search: validation accuracy against learning rate, larger and darker the longer a trial was. */
export async function searchFigure(
  trials: readonly TrialRecord[],
  found: Hyperparameters | null,
): Promise<string | null> {
  const runs = trials.filter(({outcome}) => outcome === 'done');
  if (runs.length === 0) return null;
  const best = Math.max(...runs.map(accuracy));
  const shown = runs.filter((run) => accuracy(run) >= best - DEPTH);
  const labels = distinct(trials.map(({label}) => label)).sort();
  const searches = searchedLosses.flatMap((loss) => labels.filter((label) => label.split('(')[0] === loss));
  const columns = searches.length > 4 ? 4 : 2;
  return render({
    title: {
      text: 'The random search',
      subtitle: subtitle(trials.length - runs.length, runs.length - shown.length),
    },
    concat: searches.map((search, index) =>
      panel(search, shown, found?.settings[search], {
        isLeft: index % columns === 0,
        width: (WIDTH - GAP * (columns - 1)) / columns,
      }),
    ),
    columns,
    spacing: {row: 70, column: GAP},
    bounds: 'flush',
  });
}

/** In %, of a trial that was done. */
function accuracy(run: TrialRecord): number {
  return 100 * validationAccuracyOf(run)!;
}

/** Tells of every trial that has no dot. */
function subtitle(failed: number, low: number): string[] {
  const missing = [
    ...(failed === 0 ? [] : [`${count(failed, 'trial')} without a result`]),
    ...(low === 0 ? [] : [`${count(low, 'trial')} more than ${DEPTH} points below the best`]),
  ];
  return [
    'Each dot is a trial, the larger and darker the longer. Ringed: the chosen one.',
    ...(missing.length === 0 ? [] : [`Not shown: ${missing.join(', ')}.`]),
  ];
}

function panel(
  search: string,
  shown: readonly TrialRecord[],
  chosen: FoundSettings | undefined,
  {isLeft, width}: {readonly isLeft: boolean; readonly width: number},
): Panel {
  const dots = shown.map((run) => ({
    search: run.label,
    learningRate: run.config.learningRate,
    accuracy: accuracy(run),
    epochs: run.config.epochs,
    isChosen: chosen !== undefined && isChosen(run, chosen),
  }));
  // All panels have the scales of all dots, though each shows its own.
  const extent = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];
  const epochs = distinct(dots.map((dot) => dot.epochs)).sort((one, other) => one - other);
  const [lowest, highest] = extent(dots.map((dot) => dot.accuracy));
  const rates = extent(dots.map(({learningRate}) => learningRate));
  const x = quantity(
    'learningRate',
    {type: 'log' as const, domain: [rates[0]! / 1.1, rates[1]! * 1.1], nice: false},
    {title: 'learning rate', values: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05], format: '~g'},
  );
  // With room for a dot: what reaches out of a panel would move its title.
  const scale = {domain: [lowest! - 1.5, highest! + 1.5], zero: false, nice: false};
  const y = quantity('accuracy', scale, yAxis('accuracy, %', isLeft));
  const legend = {title: 'epochs', orient: 'bottom' as const, values: epochs};
  const byEpochs = {field: 'epochs', type: 'quantitative' as const, legend};
  return {
    title: {text: search, ...panelTitle},
    width,
    height: 190,
    data: {values: dots.filter((dot) => dot.search === search)},
    encoding: {x, y},
    layer: [
      {
        mark: {type: 'circle', opacity: 0.9, stroke: '#ffffff', strokeWidth: 0.5},
        encoding: {
          size: {...byEpochs, scale: {domain: extent(epochs), range: [30, 150], zero: false}},
          color: {...byEpochs, scale: {domain: extent(epochs), range: SHADES, zero: false}},
          order: {field: 'epochs', sort: 'ascending'},
        },
      },
      {
        transform: [{filter: 'datum.isChosen'}],
        mark: {type: 'point', size: 320, stroke: VERMILION, strokeWidth: 2.5, opacity: 1},
      },
    ],
  };
}

/** A candidate is trained several times, longer each time; it was chosen for the last. */
function isChosen(run: TrialRecord, {from, ...chosen}: FoundSettings): boolean {
  return (
    (['learningRate', 'weightDecay', 'dropout', 'bias'] as const).every(
      (name) => run.config[name] === chosen[name],
    ) && validationAccuracyOf(run) === from.validationAccuracy
  );
}
