/** The command line of the benchmark. */

import Table from 'cli-table3';
import {Command, Option} from 'commander';
import {integerAtLeast} from '../examples/cifar10/optionParsers.js';
import {ensureWritable} from '../examples/cifar10/writeFile.js';
import {measureInBrowser} from './browser.js';
import type {Plan} from './measure.js';
import {measureInNode} from './node.js';
import {circumstances, readRuns, resultsFile, writeRun} from './record.js';
import {report} from './report.js';
import {type SectionName, sections} from './sections.js';
import {tablesOf} from './tables.js';

const nodeBackends = ['cpu', 'wasm'];
const browserBackends = ['webgl', 'webgpu'];
const sectionNames = Object.keys(sections) as SectionName[];
const browserSections: readonly SectionName[] = ['loss', 'head', 'step'];

const defaultRounds = 5;

interface Options {
  readonly browser?: true;
  readonly quick?: true;
  readonly backend?: readonly string[];
  readonly section?: readonly SectionName[];
  readonly rounds?: number;
  readonly out?: string;
}

const program = new Command('bench').description(
  'Compare the losses with those of tfjs, and with the same losses written in tfjs ops.',
);

const measuring = program
  .command('run', {isDefault: true})
  .description('Measure, print the tables, and write a full run to the results file.')
  .option('--browser', 'on webgl and webgpu, in a headless Chromium')
  .option('--quick', 'the smallest sizes, to see that everything works')
  .addOption(
    new Option('--backend <names...>', 'on these only').choices([...nodeBackends, ...browserBackends]),
  )
  .addOption(new Option('--section <names...>', 'these only').choices(sectionNames))
  .option('--rounds <count>', `measurements of each loss (default: ${defaultRounds})`, integerAtLeast(1))
  .option('--out <file>', 'where to write the results (default, of a full run: docs/results/benchmark.json)')
  .action(run);

// Those of what runs when no command is named; else they would be under `run --help` only.
program.addHelpText('after', () => `\n${measuring.helpInformation()}`);

program
  .command('report')
  .description('Bring the tables of docs/performance.md up to date with the results.')
  .action(async () => {
    await report();
    console.log('brought the tables of docs/performance.md up to date');
  });

async function run(options: Options): Promise<void> {
  const {browser = false, quick = false} = options;
  const isFull = !(quick || options.backend || options.section || options.rounds);
  const out = options.out ?? (isFull ? resultsFile : undefined);
  if (out) {
    await ensureWritable(out);
    await readRuns(out); // better now than when everything is measured
  }

  const effort = quick ? {rounds: 3, time: 30} : {rounds: options.rounds ?? defaultRounds, time: 100};
  const [backends, possible] = browser ? [browserBackends, browserSections] : [nodeBackends, sectionNames];
  const chosen = possible.filter((section) => options.section?.includes(section) ?? true);
  const plans = backends
    .filter((backend) => options.backend?.includes(backend) ?? true)
    .map((backend): Plan => ({backend, sections: chosen, quick, effort}));
  const isElsewhere = (name: string) => !([...backends, ...possible] as string[]).includes(name);
  const elsewhere = [...(options.backend ?? []), ...(options.section ?? [])].filter(isElsewhere);
  if (elsewhere.length > 0) {
    throw new Error(
      `${elsewhere.join(', ')}: not ${browser ? 'in a browser' : 'in Node'}, where there are ${possible.join(', ')} ` +
        `on ${backends.join(', ')}; ${browser ? 'leave --browser out' : 'add --browser'}`,
    );
  }

  const [before, given] = [circumstances(), process.argv.slice(2)];
  const {series, versions} = await (browser ? measureInBrowser : measureInNode)(plans, announce);
  for (const [name, {head, rows}] of Object.entries(tablesOf(series))) {
    const table = new Table({head: [...head], style: {head: [], border: []}});
    table.push(...rows.map((row) => [...row]));
    console.log(`\n${name}\n${table}`);
  }
  if (!out) return;
  await writeRun(out, browser ? 'browser' : 'node', {
    command: ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
    ...before,
    versions: {...before.versions, ...versions},
    effort,
    series,
  });
  console.log(`\nwrote ${out}`);
}

function announce(what: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${what}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
