import {readFile} from 'node:fs/promises';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Command} from 'commander';
import {replaceTable} from '../../scripts/guideTable.js';
import {type Hyperparameters, readHyperparameters} from './experiments/hyperparameters.js';
import {readResults} from './experiments/resultsFile.js';
import {hyperparametersPath, resultsPath} from './experiments/trialOptions.js';
import type {TrialRecord} from './experiments/trialRecord.js';
import {path} from './optionParsers.js';
import {document} from './report/document.js';
import {summary} from './report/summary.js';
import {ensureWritable, ensureWritableFolder, writeFileAtomically} from './writeFile.js';

interface ReportArguments {
  readonly results: readonly string[];
  readonly hyperparameters: string;
  readonly out: string;
  readonly images: string;
  readonly readme: string;
}

/** The files that `search` and `reproduce` write. */
export const reportedResults = ['search', 'grid', 'tables', 'odd-margins', 'timing'].map((name) =>
  resultsPath(`cifar10-${name}.jsonl`),
);

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Turn the results of "search" and "reproduce" into a page with tables, figures and verdicts.',
    )
    .option('--results <files...>', 'any number of them; what is not there yet is left out', reportedResults)
    .option('--hyperparameters <file>', 'what "search choose" wrote', path, hyperparametersPath)
    .option('--out <file>', 'the page, in Markdown', path, docs('reproduction.md'))
    .option('--images <folder>', 'where its figures go', path, docs('images'))
    .option('--readme <file>', 'the page that quotes its summary', path, docs('../README.md'))
    .action((options: ReportArguments) => report(options));
}

async function report({results, hyperparameters, out, images, readme}: ReportArguments): Promise<void> {
  await ensureWritable(out);
  await ensureWritableFolder(images);
  await ensureWritable(readme);
  const records = await readResults(results);
  const quoting = withSummary(await readFile(readme, 'utf8'), records);
  const folder = relative(dirname(out), images).split(sep).join('/');
  const {markdown, figures} = await document(records, await readIfThere(hyperparameters), folder);
  for (const [name, svg] of Object.entries(figures)) await writeFileAtomically(join(images, name), svg);
  await writeFileAtomically(out, markdown);
  await writeFileAtomically(readme, quoting);
  console.log(`${records.length} trials, ${Object.keys(figures).length} figures: ${out}`);
}

/** The README with the summary of these results. */
export function withSummary(readme: string, results: readonly TrialRecord[]): string {
  return replaceTable(readme, 'reproduction', 'npm run cifar10 -- report', summary(results));
}

/** A report on the first search has no findings to go by yet. */
async function readIfThere(file: string): Promise<Hyperparameters | null> {
  try {
    return await readHyperparameters(file);
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
    throw error;
  }
}

function docs(name: string): string {
  return fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
}
