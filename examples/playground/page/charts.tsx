import {LOSSES, type Term} from '../losses.js';
import type {Pair} from '../messages.js';
import {LineChart} from './lineChart.js';
import type {Moment} from './useEngine.js';

/** The colours of the two networks, and of terms. */
const SIDE_COLOURS = ['--left', '--right'] as const;
const TERM_COLOURS = ['--term-1', '--term-2', '--term-3', '--term-4', '--term-5', '--term-6'] as const;

interface LossChartProps {
  readonly side: 0 | 1;
  readonly terms: readonly Term[];
  readonly history: readonly Moment[];
}

/** What each term adds to the loss of the test digits. */
export function LossChart({side, terms, history}: LossChartProps) {
  return (
    <LineChart
      title="Loss by term"
      steps={history.map(({step}) => step)}
      lines={terms.map(({loss, weight}, place) => ({
        label: terms.length > 1 ? `${weight} ${LOSSES[loss]!.title}` : LOSSES[loss]!.title,
        colour: TERM_COLOURS[place % TERM_COLOURS.length]!,
        values: history.map(({panels}) => panels[side].terms[place] ?? null),
      }))}
      format={(value) => value.toFixed(2)}
    />
  );
}

interface AccuracyChartProps {
  readonly titles: Pair<string>;
  readonly history: readonly Moment[];
}

/** Both networks' accuracy on the test digits. */
export function AccuracyChart({titles, history}: AccuracyChartProps) {
  return (
    <section class="accuracy" aria-label="Accuracy">
      <LineChart
        title="Accuracy on test digits, by 2 features"
        steps={history.map(({step}) => step)}
        lines={titles.map((title, side) => ({
          label: title,
          colour: SIDE_COLOURS[side]!,
          values: history.map(({panels}) => 100 * panels[side]!.accuracy),
        }))}
        format={(value) => `${value.toFixed(1)} %`}
        range={[0, 100]}
      />
    </section>
  );
}
