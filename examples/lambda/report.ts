import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {replaceTable} from '../../scripts/guideTable.js';
import {writeFileAtomically} from '../cifar10/writeFile.js';
import {readResults, type TrialResult} from './results.js';
import {lambdaTable} from './table.js';
import {datasets} from './trials.js';

/** Puts the tables made from the results into the guide. */
export async function report(results: string | URL, guide: URL): Promise<void> {
  const text = withTables(await readFile(guide, 'utf8'), await readResults(results));
  await writeFileAtomically(fileURLToPath(guide), text);
}

/** The text of the guide with its tables made from the results. */
export function withTables(guide: string, results: readonly TrialResult[]): string {
  return datasets.reduce(
    (text, dataset) => replaceTable(text, dataset, 'npm run lambda -- report', lambdaTable(results, dataset)),
    guide,
  );
}
