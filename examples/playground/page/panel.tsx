import type {Term} from '../losses.js';
import type {Opened, PanelReport} from '../messages.js';
import {LossChart} from './charts.js';
import {FeatureView} from './featureView.js';
import {LossEditor} from './lossEditor.js';
import type {Moment} from './useEngine.js';

interface PanelProps {
  readonly side: 0 | 1;
  readonly title: string;
  readonly terms: readonly Term[];
  readonly onTerms: (terms: readonly Term[]) => void;
  readonly strangers: readonly number[];
  readonly opened: Opened | null;
  readonly report: PanelReport | null;
  readonly history: readonly Moment[];
  /** Where the drawing lies. */
  readonly drawn: readonly [x: number, y: number] | null;
}

/** One network: its picture, its numbers, its loss. */
export function Panel({side, title, terms, onTerms, strangers, opened, report, history, drawn}: PanelProps) {
  return (
    <section class="panel" aria-label={`${side === 0 ? 'Left' : 'Right'}: ${title}`}>
      <h2>{title}</h2>
      <FeatureView title={title} opened={opened} report={report} strangers={strangers} drawn={drawn} />
      <dl class="numbers">
        <div>
          <dt>accuracy, by 2 features</dt>
          <dd>{report ? `${(100 * report.accuracy).toFixed(1)} %` : '–'}</dd>
        </div>
        <div>
          <dt>angle within a class</dt>
          <dd>{report ? `${report.withinClass.toFixed(1)}°` : '–'}</dd>
        </div>
      </dl>
      <LossEditor side={side} terms={terms} onTerms={onTerms} />
      <LossChart side={side} terms={terms} history={history} />
    </section>
  );
}
