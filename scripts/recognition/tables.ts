import {replaceTable} from '../guideTable.js';
import type {BenchmarkResults, UnknownResults} from './results.js';

const COMMAND = 'npm run docs:recognition';

/** The guide to recognition with its tables made from the results. */
export function withTables(guide: string, unknown: UnknownResults, benchmark: BenchmarkResults): string {
  const tables = {
    meetings: meetingsTable(unknown),
    scores: scoresTable(unknown),
    queries: queriesTable(benchmark),
  };
  return Object.entries(tables).reduce(
    (text, [name, table]) => replaceTable(text, name, COMMAND, table),
    guide,
  );
}

function meetingsTable({before, after}: UnknownResults): string {
  const rows = {
    'known digits': before.known,
    strangers: before.strangers,
    'known digits, after enrolment': after.known,
    'the four digits, enrolled': after.enrolled,
  };
  return [
    '| | right | “unknown” | wrong |',
    '|---|--:|--:|--:|',
    ...Object.entries(rows).map(
      ([name, {right, refused, wrong}]) =>
        `| ${[name, percent(right), percent(refused), percent(wrong)].join(' | ')} |`,
    ),
  ].join('\n');
}

function scoresTable({scores}: UnknownResults): string {
  return [
    '| score | AUROC | FPR95 | OSCR |',
    '|---|--:|--:|--:|',
    ...Object.entries(scores).map(
      ([name, {auroc, fpr95, oscr}]) =>
        `| \`'${name}'\` | ${[auroc, fpr95, oscr].map((value) => value.toFixed(3)).join(' | ')} |`,
    ),
  ].join('\n');
}

function queriesTable({results}: BenchmarkResults): string {
  return [
    '| backend | queries at once | ms |',
    '|---|--:|--:|',
    ...results.map(
      ({backend, queries, medianMilliseconds}) =>
        `| ${backend} | ${queries} | ${medianMilliseconds.toFixed(1)} |`,
    ),
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
