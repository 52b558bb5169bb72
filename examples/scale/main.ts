/** The command line of the experiment behind `scale: 'auto'`. */

import {appendFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {lossFromConfig} from 'tfjs-losses';
import {startBackend} from '../cifar10/backend.js';
import {eachOf, integerAtLeast} from '../cifar10/optionParsers.js';
import {versions} from '../cifar10/versions.js';
import {type ProblemName, problems} from './problems.js';
import {report} from './report.js';
import {runTrial} from './runTrial.js';
import {listTrials, losses, readResults, trialKey} from './trials.js';

interface RunOptions {
  readonly problems: readonly ProblemName[];
  readonly losses: readonly string[];
  /** @defaultValue [1, 2] */
  readonly seeds?: readonly number[];
  readonly data?: string;
  readonly results: string;
}

const names = Object.keys(problems) as ProblemName[];
const results = new Option('--results <file>', 'one line of JSON a trial').default(
  fileURLToPath(new URL('../../docs/results/scale.jsonl', import.meta.url)),
  'docs/results/scale.jsonl',
);
const program = new Command('scale').description('Find the scale of cosine losses by experiment.');

program
  .command('run')
  .description(
    'Train softmax, and every cosine loss with every scale, from scratch. Trials that the results file has already are ' +
      'not run again.',
  )
  .addOption(new Option('--problems <names...>', 'which to train on').choices(names).default(names, 'all'))
  .addOption(
    new Option('--losses <titles...>', 'which to train with, beside softmax')
      .choices(Object.keys(losses))
      .default(Object.keys(losses), 'all'),
  )
  .option('--seeds <seeds...>', 'one run each (default: 1 2)', eachOf(integerAtLeast(0)))
  .option('--data <folder>', 'the six files of the official binary version of CIFAR-10')
  .addOption(results)
  .action(run);

program
  .command('report')
  .description('Bring the tables and the figure of docs/scale.md up to date with the results.')
  .addOption(results)
  .action(async (options: Pick<RunOptions, 'results'>) => {
    await report(options.results, new URL('../../docs/', import.meta.url));
    console.log('brought docs/scale.md and docs/images/scale.svg up to date');
  });

async function run(options: RunOptions): Promise<void> {
  const done = new Set((await readResults(options.results)).map(trialKey));
  await startBackend('auto');
  for (const seed of options.seeds ?? [1, 2]) {
    for (const name of options.problems) {
      const trials = listTrials(name, options.losses, seed).filter((trial) => !done.has(trialKey(trial)));
      if (trials.length === 0) continue;
      const data = await problems[name].load(seed, options.data);
      for (const [index, trial] of trials.entries()) {
        const start = Date.now();
        const result = await runTrial(trial, problems[name], data);
        const seconds = (Date.now() - start) / 1000;
        const line = {...result, seconds: Number(seconds.toFixed(1)), versions: versions()};
        await appendFile(options.results, `${JSON.stringify(line)}\n`);
        console.log(
          `${name} seed ${seed}, ${index + 1}/${trials.length}: ${lossFromConfig(trial.loss)} ` +
            `${(100 * result.validationAccuracy).toFixed(1)} % (${line.seconds} s)`,
        );
      }
    }
  }
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
