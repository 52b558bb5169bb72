import type {TrialRecord} from '../experiments/trialRecord.js';
import {count, markdownTable, section} from './markdown.js';

/** Every trial that has no result, and why. */
export function failuresSection(results: readonly TrialRecord[]): string {
  const failures = results.filter(({outcome}) => outcome !== 'done');
  const heading = '## Trials without a result';
  if (failures.length === 0)
    return section(heading, `None: each of ${count(results.length, 'trial')} came to its end.`);
  return section(
    heading,
    `${failures.length} of ${count(results.length, 'trial')}. They are left out of means, figures and tests.`,
    markdownTable(
      [
        {title: 'study'},
        {title: 'trial'},
        {title: 'seed', align: 'right'},
        {title: 'outcome'},
        {title: 'problem'},
      ],
      failures.map(({study, label, config, outcome, problem}) => [
        study,
        label,
        `${config.seed}`,
        outcome,
        (problem ?? '').replaceAll('|', '\\|').replaceAll(/\s+/g, ' '),
      ]),
    ),
  );
}
