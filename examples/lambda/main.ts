/** The command line of the experiment behind the default λ of L-Softmax and A-Softmax. */

import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {eachOf, integerAtLeast, path} from '../cifar10/optionParsers.js';
import {runProgram} from '../cifar10/program.js';
import {candidates} from './candidates.js';
import {report} from './report.js';
import {type RunOptions, runTrials} from './run.js';

const results = new Option('--results <file>', 'one line of JSON a trial')
  .argParser(path)
  .default(
    fileURLToPath(new URL('../../docs/results/lambda.jsonl', import.meta.url)),
    'docs/results/lambda.jsonl',
  );

const program = new Command('lambda').description(
  'Choose the default λ of L-Softmax and A-Softmax by experiment.',
);

program
  .command('run')
  .description(
    'Train softmax, and both margin losses with m = 2, 3, 4 and each candidate, from scratch. ' +
      'Trials that the results file has already are not run again.',
  )
  .option('--mnist <folder>', 'run the MNIST trials, on the official IDX files in this folder', path)
  .option(
    '--cifar10 <folder>',
    'run the CIFAR-10 trials, on the official binary batches in this folder',
    path,
  )
  .addOption(
    new Option('--candidates <names...>', 'which to try')
      .choices(Object.keys(candidates))
      .default(Object.keys(candidates), 'all'),
  )
  .option('--seeds <seeds...>', 'one run each', eachOf(integerAtLeast(0)))
  .addOption(results)
  .action(async (options: RunOptions, command: Command) => {
    if (!options.mnist && !options.cifar10)
      command.error('nothing to run: name a folder with --mnist or --cifar10');
    await runTrials(options);
  });

program
  .command('report')
  .description('Bring the tables of docs/lambda.md up to date with the results.')
  .addOption(results)
  .action(async (options: {readonly results: string}) => {
    await report(options.results, new URL('../../docs/lambda.md', import.meta.url));
    console.log('brought the tables of docs/lambda.md up to date');
  });

await runProgram(program);
