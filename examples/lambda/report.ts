import {readFile, writeFile} from 'node:fs/promises';
import {replaceTable} from '../../scripts/guideTable.js';
import {readResults, type TrialResult} from './results.js';
import {lambdaTable} from './table.js';

/** Puts the tables made from the results into the guide. */
export async function report(results: string | URL, guide: URL): Promise<void> {
  await writeFile(guide, withTables(await readFile(guide, 'utf8'), await readResults(results)));
}

/** The text of the guide with its tables made from the results. */
export function withTables(guide: string, results: readonly TrialResult[]): string {
  return (['mnist', 'cifar10'] as const).reduce(
    (text, dataset) => replaceTable(text, dataset, 'npm run lambda -- report', lambdaTable(results, dataset)),
    guide,
  );
}
