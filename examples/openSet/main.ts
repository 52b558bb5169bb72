/** The command line of the experiments on unknown classes. */

import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {startBackend} from '../cifar10/backend.js';
import {JsonLines} from '../cifar10/jsonLines.js';
import {eachOf, integerAtLeast, path} from '../cifar10/optionParsers.js';
import {runProgram} from '../cifar10/program.js';
import {versions} from '../cifar10/versions.js';
import {type ProblemName, problemNames, problems} from './problems.js';
import {report} from './report.js';
import {runTrial} from './runTrial.js';
import {resultSchema, searchTrials, testTrials, trialKey} from './trials.js';

interface RunOptions {
  readonly mnist?: string;
  readonly cifar10?: string;
  readonly problems: readonly ProblemName[];
  /** @defaultValue [1] */
  readonly seeds?: readonly number[];
  readonly results: string;
}

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
  .action(run);

program
  .command('report')
  .description('Bring the tables and the figure of docs/open-set.md up to date with the results.')
  .addOption(results)
  .action(async (options: Pick<RunOptions, 'results'>) => {
    await report(options.results, new URL('../../docs/', import.meta.url));
    console.log('brought docs/open-set.md and docs/images/open-set.svg up to date');
  });

async function run(options: RunOptions): Promise<void> {
  const file = await JsonLines.open(options.results, resultSchema);
  const all = [...file.before];
  await startBackend('auto');
  for (const seed of options.seeds ?? [1]) {
    for (const name of options.problems) {
      const problem = problems[name];
      const folder = options[problem.folder];
      if (folder === undefined) throw new Error(`${problem.title}: name the folder with --${problem.folder}`);
      const data = await problem.load(folder);
      for (const split of problem.splits.keys()) {
        for (const list of [searchTrials, testTrials]) {
          for (const trial of list(name, split + 1, seed, all)) {
            const done = new Set(all.map(trialKey));
            if (done.has(trialKey(trial))) continue;
            const start = Date.now();
            const outcome = await runTrial(trial, problem, data);
            const seconds = Number(((Date.now() - start) / 1000).toFixed(1));
            const result = {...trial, ...outcome, seconds, versions: versions()};
            await file.append(result);
            all.push(result);
            const best = Math.max(...Object.values(outcome.scores).map(({auroc}) => auroc));
            console.log(
              `${name} split ${trial.split} ${trial.stage}, seed ${trial.seed}: ${trial.contender} ` +
                `${JSON.stringify(trial.setting)} ${(100 * best).toFixed(1)} (${seconds} s)`,
            );
          }
        }
      }
    }
  }
  await file.close();
}

await runProgram(program);
