import {readFile, writeFile} from 'node:fs/promises';
import {replaceTable} from '../../scripts/guideTable.js';
import {drawFigure} from './figure.js';
import {problems} from './problems.js';
import {knownTable, standingsOf, unknownTable, weightTable} from './table.js';
import {readResults, type TrialResult} from './trials.js';

const COMMAND = 'npm run open-set -- report';

/** Puts the tables made from the results into docs/open-set.md, and draws its figure; `docs` is the folder. */
export async function report(results: string | URL, docs: URL): Promise<void> {
  const read = await readResults(results);
  const guide = new URL('open-set.md', docs);
  await writeFile(guide, withTables(await readFile(guide, 'utf8'), read));
  await writeFile(new URL('images/open-set.svg', docs), await drawFigure(read));
}

/** The text of the guide with its tables made from the results. */
export function withTables(guide: string, results: readonly TrialResult[]): string {
  const all = standingsOf(results);
  const tables: [name: string, table: string][] = [
    ['weights', weightTable(all)],
    ...all.map((standings): [string, string] => [standings.problem, knownTable(standings)]),
    ...all
      .filter(({problem}) => problems[problem].enrols)
      .map((standings): [string, string] => [`unknown ${standings.problem}`, unknownTable(standings)]),
  ];
  return tables.reduce((text, [name, table]) => replaceTable(text, name, COMMAND, table), guide);
}
