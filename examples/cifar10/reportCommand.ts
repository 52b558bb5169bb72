import {readFile} from 'node:fs/promises';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Command} from 'commander';
import {replaceTable} from '../../scripts/guideTable.js';
import {readHyperparametersIfThere} from './experiments/hyperparameters.js';
import {existing, readResults} from './experiments/resultsFile.js';
import {hyperparametersPath, resultsPath} from './experiments/trialOptions.js';
import type {TrialRecord} from './experiments/trialRecord.js';
import {eachOf, path} from './optionParsers.js';
import {document} from './report/document.js';
import {summary} from './report/summary.js';
import {ensureWritable, ensureWritableFolder, writeFileAtomically} from './writeFile.js';

interface ReportArguments {
  readonly results?: readonly string[];
  readonly hyperparameters: string;
  readonly out: string;
  readonly images: string;
  readonly readme?: string;
}

/** The files that `search` and `reproduce` write. */
export const reportedResults = ['search', 'grid', 'tables', 'odd-margins', 'timing'].map((name) =>
  resultsPath(`cifar10-${name}.jsonl`),
);

const PAGE = docs('reproduction.md');

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Turn the results of "search" and "reproduce" into a page with tables, figures and verdicts.',
    )
    .option('--results <files...>', 'any number of them (default: those in docs/results)', eachOf(path))
    .option('--hyperparameters <file>', 'what "search choose" wrote', path, hyperparametersPath)
    .option('--out <file>', 'the page, in Markdown', path, PAGE)
    .option('--images <folder>', 'where its figures go', path, docs('images'))
    .option(
      '--readme <file>',
      'a page that quotes its summary (default: README.md, for the default --out)',
      path,
    )
    .action((options: ReportArguments) => report(options));
}

async function report({results, hyperparameters, out, images, ...options}: ReportArguments): Promise<void> {
  const readme = options.readme ?? (out === PAGE ? docs('../README.md') : null);
  await ensureWritable(out);
  await ensureWritableFolder(images);
  const records = await readResults(results ?? existing(reportedResults));
  const quoting = readme === null ? null : withSummary(await readReadme(readme), records);
  const folder = relative(dirname(out), images).split(sep).join('/');
  const found = await readHyperparametersIfThere(hyperparameters);
  const {markdown, figures} = await document(records, found, folder);
  for (const [name, svg] of Object.entries(figures)) await writeFileAtomically(join(images, name), svg);
  await writeFileAtomically(out, markdown);
  if (quoting !== null) await writeFileAtomically(readme!, quoting);
  console.log(`${records.length} trials, ${Object.keys(figures).length} figures: ${out}`);
}

function readReadme(readme: string): Promise<string> {
  return readFile(readme, 'utf8').catch((cause: Error) => {
    throw new Error(`${readme} cannot be read (${cause.message}); name a page that quotes the summary`, {
      cause,
    });
  });
}

/** The README with the summary of these results. */
export function withSummary(readme: string, results: readonly TrialRecord[]): string {
  return replaceTable(readme, 'reproduction', 'npm run cifar10 -- report', summary(results));
}

function docs(name: string): string {
  return fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
}
