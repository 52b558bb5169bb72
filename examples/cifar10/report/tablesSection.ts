import {mean, median} from 'simple-statistics';
import {defaultConfig} from '../config.js';
import {paper} from '../experiments/paper.js';
import {rows} from '../experiments/rows.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {
  distinct,
  fixed,
  type ImageLink,
  list,
  markdownTable,
  notRunYet,
  numbers,
  range,
  section,
} from './markdown.js';
import {
  accuracies,
  epochSeconds,
  type RowRuns,
  type RowsById,
  type Run,
  runsByRow,
  timedStudy,
} from './runs.js';
import {confidenceInterval} from './statistics.js';

/** Tables 1 and 2 of the paper, ours beside theirs. */
export function tablesSection(results: readonly TrialRecord[], image: ImageLink): string {
  const byRow = runsByRow(results);
  const heading = '## Tables 1 and 2';
  const runs = [...byRow.values()].flatMap((row) => row.runs);
  if (runs.length === 0) return section(heading, notRunYet('reproduce'));
  return section(
    heading,
    image(
      'reproduction.svg',
      "Test accuracy of each row of the tables: ours, with its confidence interval, beside the paper's.",
    ),
    "Accuracy in %, ours beside the paper's. Ours are means over seeds; behind that of the test images stands half the " +
      'width of its 95 % confidence interval (Student’s t over the seeds; – for a single one). All rows train alike, ' +
      `for ${range(runs.map(({config}) => config.epochs))} epochs, ${networks(runs)}. Time is that of an epoch, with its validation, relative to ` +
      `softmax: the median over seeds of the median over epochs, ${timeSource(results)}.`,
    '### Table 1: individual losses',
    table(results, byRow, 1),
    '### Table 2: combined losses',
    table(results, byRow, 2),
    '### Not in the paper',
    'The three-way combination again, with the weights that our own grid search found.',
    table(results, byRow, null),
  );
}

/** The network that the tables were made with, which need not be the paper's. */
function networks(runs: readonly Run[]): string {
  const used = distinct(runs.map(({config}) => layers(config.hidden)));
  return `with hidden layers of ${used.join('; ')} units (the paper’s: ${layers(defaultConfig.hidden)})`;
}

function layers(hidden: readonly number[]): string {
  return list(hidden.map(String));
}

function timeSource(results: readonly TrialRecord[]): string {
  return timedStudy(results) === 'timing'
    ? 'from runs of their own, one at a time'
    : 'from the runs of the tables themselves, which may have had to share the machine';
}

function table(results: readonly TrialRecord[], byRow: RowsById, number: 1 | 2 | null): string {
  const columns = [
    {title: 'loss'},
    ...numbers('train', 'paper', 'validation', 'paper', 'test', 'paper', 'seeds', 'time'),
  ];
  const ofTable = rows.filter((row) => row.table === number).map(({id}) => byRow.get(id)!);
  return markdownTable(
    columns,
    ofTable.map((row) => [
      row.row.title,
      ...accuracyCells(row),
      `${row.runs.length}`,
      timeCell(results, row),
    ]),
  );
}

function accuracyCells({row, runs}: RowRuns): string[] {
  const theirs = paper[row.id];
  const cells = (['train', 'validation', 'test'] as const).map((part) => {
    const values = accuracies(runs, `${part}Accuracy`);
    const ours = part === 'test' ? withInterval(values) : meanCell(values);
    return [ours, theirs === undefined ? '–' : fixed(theirs[part])];
  });
  return cells.flat();
}

function meanCell(values: number[]): string {
  return values.length === 0 ? '–' : fixed(mean(values));
}

/** `55.0 ± 0.3`; `55.0 ± –` for a single seed. */
function withInterval(values: number[]): string {
  if (values.length === 0) return '–';
  const interval = confidenceInterval(values);
  return `${fixed(interval.mean)} ± ${interval.halfWidth === null ? '–' : fixed(interval.halfWidth)}`;
}

function timeCell(results: readonly TrialRecord[], {row}: RowRuns): string {
  const [ours, softmax] = [epochSeconds(results, row.id), epochSeconds(results, 'softmax')];
  return ours.length === 0 || softmax.length === 0 ? '–' : `${fixed(median(ours) / median(softmax), 2)}×`;
}
