import {sum} from 'simple-statistics';
import {studies} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {distinct, fixed, list, markdownTable, numbers, section} from './markdown.js';
import {ofStudy} from './runs.js';

/** How the trials were run: commands, commits, versions, and what they cost. */
export function provenanceSection(results: readonly TrialRecord[]): string {
  return section(
    '## How it was run',
    'Everything above is made by these commands, in this order:',
    ['```sh', ...commands.map((command) => `npm run cifar10 -- ${command}`), '```'].join('\n'),
    'Each trial is a line in one of the files `docs/results/cifar10-*.jsonl`: its configuration, seed, curves and final ' +
      'accuracies, and the command, commit and versions that made it. `report` makes this page and its figures from them ' +
      'and from `docs/results/cifar10-hyperparameters.json`.',
    results.length === 0 ? null : studiesTable(results),
    results.length === 0 ? null : versionsPart(results),
  );
}

const commands = [
  'search random --m 2 3 4',
  'search choose',
  'search grid',
  'search choose',
  'reproduce',
  'report',
];

function studiesTable(results: readonly TrialRecord[]): string {
  return markdownTable(
    [
      {title: 'study'},
      ...numbers('trials', 'epochs', 'hours'),
      {title: 'images'},
      {title: 'commands'},
      {title: 'commits'},
    ],
    studies.flatMap((study) => {
      const trials = ofStudy(results, study);
      if (trials.length === 0) return [];
      return [
        [
          study,
          `${trials.length}`,
          `${sum(trials.map(({config}) => config.epochs))}`,
          fixed(sum(trials.map(({seconds}) => seconds)) / 3600),
          distinct(
            trials.map(({limit}) => (limit === null ? 'all' : `the first ${limit} of each part`)),
          ).join('; '),
          code(trials.map(({command}) => command)),
          code(trials.map(({commit}) => commit ?? 'none')),
        ],
      ];
    }),
  );
}

function code(values: readonly string[]): string {
  return distinct(values)
    .map((value) => `\`${value.replaceAll('|', '\\|')}\``)
    .join('<br>');
}

function versionsPart(results: readonly TrialRecord[]): string {
  const names = distinct(results.flatMap(({versions}) => Object.keys(versions)));
  const used = names.map((name) => {
    const values = distinct(results.flatMap(({versions}) => versions[name] ?? []));
    return `${name} ${list(values)}`;
  });
  return `Hours are those of the trials added up. Versions: ${used.join(', ')}.`;
}
