import {readFile, writeFile} from 'node:fs/promises';
import {replaceTable} from '../scripts/guideTable.js';
import {type BenchmarkRecord, type Run, readRecord} from './record.js';
import {slowerTable, type Table, tablesOf} from './tables.js';

const guide = new URL('../docs/performance.md', import.meta.url);

/** Puts the tables made from the results into the guide. */
export async function report(): Promise<void> {
  await writeFile(guide, withTables(await readFile(guide, 'utf8'), await readRecord()));
}

/** The text of the guide with its tables made from the results. */
export function withTables(text: string, {node, browser}: BenchmarkRecord): string {
  if (!node) throw new Error('there are no results from Node; measure them first: npm run bench');
  if (!browser)
    throw new Error('there are none from a browser; measure them first: npm run bench -- --browser');
  const tables = {
    runs: runsTable([node, browser]),
    ...tablesOf([...node.series, ...browser.series]),
    slower: slowerTable([...node.series, ...browser.series]),
  };
  return Object.entries(tables).reduce(
    (changed, [name, table]) => replaceTable(changed, name, 'npm run bench -- report', markdown(table)),
    text,
  );
}

function runsTable(runs: readonly Run[]): Table {
  return {
    head: ['', ...runs.map(({command}) => `\`${command}\``)],
    rows: [
      ['date', ...runs.map(({date}) => date)],
      ['commit', ...runs.map(({commit}) => commit)],
      ['processor', ...runs.map(({processor}) => processor)],
      ['rounds', ...runs.map(({effort}) => String(effort.rounds))],
      ...Object.keys({...runs[0]!.versions, ...runs[1]!.versions}).map((name) => [
        name,
        ...runs.map(({versions}) => versions[name] ?? ''),
      ]),
    ],
  };
}

function markdown({head, rows}: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    `|---|${head
      .slice(1)
      .map(() => '--:|')
      .join('')}`,
    ...rows.map(line),
  ].join('\n');
}
