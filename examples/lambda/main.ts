/**
 * The experiment behind the default λ of L-Softmax and A-Softmax: softmax and both margin losses with m = 2, 3, 4 under
 * each candidate, trained from scratch on MNIST and CIFAR-10. One line of JSON a trial; trials that the file
 * has already are not run again, so the experiment may be stopped at any time, and shared between processes.
 */
import {appendFile, readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {lossFromConfig} from 'tfjs-losses';
import {startBackend} from '../cifar10/backend.js';
import {versions} from '../cifar10/versions.js';
import {candidates} from './candidates.js';
import {runCifar10Trial, runMnistTrial} from './runTrial.js';
import {type Dataset, listTrials, type Trial, trialKey} from './trials.js';

interface Arguments {
  readonly mnist?: string;
  readonly cifar10?: string;
  readonly candidates: string[];
  readonly seeds: string[];
  readonly shard: string;
  readonly out: string;
}

const program = new Command('lambda')
  .description('Compare λ schedules for L-Softmax and A-Softmax on MNIST and CIFAR-10.')
  .option('--mnist <folder>', 'run the MNIST trials, on the official IDX files in this folder')
  .option('--cifar10 <folder>', 'run the CIFAR-10 trials, on the official binary batches in this folder')
  .addOption(
    new Option('--candidates <names...>', 'which to try')
      .choices(Object.keys(candidates))
      .default(Object.keys(candidates), 'all'),
  )
  .option('--seeds <seeds...>', 'one run each', ['1'])
  .option('--shard <i/n>', 'run every n-th trial only, from the i-th on, i from 0', '0/1')
  .option(
    '--out <file>',
    'where the results are appended',
    fileURLToPath(new URL('../../docs/results/lambda.jsonl', import.meta.url)),
  )
  .parse();

await runTrials(program.opts<Arguments>());

async function runTrials(options: Arguments): Promise<void> {
  const folders: Partial<Record<Dataset, string>> = {
    ...(options.mnist && {mnist: options.mnist}),
    ...(options.cifar10 && {cifar10: options.cifar10}),
  };
  const datasets = Object.keys(folders) as Dataset[];
  if (datasets.length === 0) program.error('nothing to run: name a folder with --mnist or --cifar10');
  const [shard, shards] = options.shard.split('/').map(Number) as [number, number];
  const trials = listTrials(datasets, options.candidates, options.seeds.map(Number)).filter(
    (_, index) => index % shards === shard,
  );
  const done = await finishedTrials(options.out);
  await startBackend('auto');
  for (const [index, trial] of trials.entries()) {
    if (done.has(trialKey(trial))) continue;
    const start = Date.now();
    const run = trial.dataset === 'mnist' ? runMnistTrial : runCifar10Trial;
    const outcome = await run(trial, folders[trial.dataset]!);
    const seconds = Math.round((Date.now() - start) / 1000);
    const formula = String(lossFromConfig(trial.loss));
    const record = {...trial, formula, ...outcome, seconds, versions: versions()};
    await appendFile(options.out, `${JSON.stringify(record)}\n`);
    const {testAccuracy} = outcome;
    console.log(
      `${index + 1}/${trials.length} ${trial.dataset} ${formula} seed ${trial.seed}: ` +
        `${testAccuracy === null ? 'diverged' : `${(100 * testAccuracy).toFixed(2)} % test`} (${seconds} s)`,
    );
  }
}

async function finishedTrials(path: string): Promise<Set<string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(lines.map((line) => trialKey(JSON.parse(line) as Trial)));
}
