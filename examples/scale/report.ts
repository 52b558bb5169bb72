import {readFile, writeFile} from 'node:fs/promises';
import {replaceTable} from '../../scripts/guideTable.js';
import {drawFigure} from './figure.js';
import {accuracyTable, ruleTable} from './table.js';
import {readResults, type TrialResult} from './trials.js';

/** Puts the tables made from the results into docs/scale.md, and draws its figure; `docs` is the folder. */
export async function report(results: string | URL, docs: URL): Promise<void> {
  const read = await readResults(results);
  const guide = new URL('scale.md', docs);
  await writeFile(guide, withTables(await readFile(guide, 'utf8'), read));
  await writeFile(new URL('images/scale.svg', docs), await drawFigure(read));
}

/** The text of the guide with its tables made from the results. */
export function withTables(guide: string, results: readonly TrialResult[]): string {
  const command = 'npm run scale -- report';
  const withRules = replaceTable(guide, 'rules', command, ruleTable(results));
  return replaceTable(withRules, 'accuracy', command, accuracyTable(results));
}
