/** The command line of the experiments on unknown classes. */

import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {eachOf, integerAtLeast, path} from '../cifar10/optionParsers.js';
import {runProgram} from '../cifar10/program.js';
import {problemNames} from './problems.js';
import {report} from './report.js';
import {type RunOptions, runTrials} from './run.js';

const results = new Option('--results <file>', 'one line of JSON a trial')
  .argParser(path)
  .default(
    fileURLToPath(new URL('../../docs/results/open-set.jsonl', import.meta.url)),
    'docs/results/open-set.jsonl',
  );

const program = new Command('open-set').description('How losses tell known classes from unknown ones.');

program
  .command('run')
  .description(
    'On every split, search the settings of every loss, and test each with the best one. Trials that the results file has ' +
      'already are not run again.',
  )
  .option('--mnist <folder>', 'the official IDX files of MNIST', path)
  .option('--cifar10 <folder>', 'the official binary batches of CIFAR-10', path)
  .addOption(
    new Option('--problems <names...>', 'which to run').choices(problemNames).default(problemNames, 'all'),
  )
  .option('--seeds <seeds...>', 'one test each on every split (default: 1)', eachOf(integerAtLeast(0)))
  .addOption(results)
  .action((options: RunOptions) => runTrials(options));

program
  .command('report')
  .description('Bring the tables and the figure of docs/open-set.md up to date with the results.')
  .addOption(results)
  .action(async (options: Pick<RunOptions, 'results'>) => {
    await report(options.results, new URL('../../docs/', import.meta.url));
    console.log('brought docs/open-set.md and docs/images/open-set.svg up to date');
  });

await runProgram(program);
