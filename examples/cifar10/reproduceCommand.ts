import {Command, Option} from 'commander';
import {runExperiment} from './experiments/experiment.js';
import {type Hyperparameters, readHyperparameters} from './experiments/hyperparameters.js';
import {hypotheses, oddMarginLosses, oddMarginMs, oddMarginTrial} from './experiments/oddMargins.js';
import {rows, rowTrial, timingTrial} from './experiments/rows.js';
import {shardOf} from './experiments/shard.js';
import type {Trial} from './experiments/trial.js';
import {
  hyperparametersPath,
  resultsFor,
  resultsPath,
  type TrialOptions,
  withTrialOptions,
} from './experiments/trialOptions.js';
import {integerAtLeast, path} from './optionParsers.js';

interface ReproduceArguments extends TrialOptions {
  readonly only: readonly Part[];
  readonly rows: readonly string[];
  readonly seeds: number;
  readonly oddMarginEpochs: number;
  readonly hyperparameters: string;
}

/** The parts of the reproduction, in the order in which they run. */
const parts = ['tables', 'odd-margins', 'timing'] as const;
type Part = (typeof parts)[number];

export function reproduceCommand(): Command {
  const command = new Command('reproduce')
    .description(
      "Train every row of the paper's two tables with the hyperparameters that the searches found; try to explain " +
        'its rows of m = 3; time an epoch of every row, one at a time.',
    )
    .optionsGroup('Experiments:')
    .addOption(
      new Option('--only <parts...>', 'these parts').choices(parts).default([...parts], 'all of them'),
    )
    .addOption(
      new Option('--rows <ids...>', 'these rows of the tables').choices(rows.map(({id}) => id)).default(
        rows.map(({id}) => id),
        'all of them',
      ),
    )
    .option('--seeds <n>', 'train with seeds 1 … n', integerAtLeast(1), 3)
    .option('--odd-margin-epochs <n>', 'epochs of a trial about m = 3', integerAtLeast(1), 10)
    .option('--hyperparameters <file>', 'what "search choose" wrote', path, hyperparametersPath);
  return withTrialOptions(command).action((options: ReproduceArguments) => reproduce(options));
}

async function reproduce(options: ReproduceArguments): Promise<void> {
  const found = await readHyperparameters(options.hyperparameters);
  for (const part of parts.filter((each) => options.only.includes(each))) {
    const trials = trialsOfShard(part, options, found);
    const workload = {
      trials: trials.length,
      epochs: trials.reduce((sum, {config}) => sum + config.epochs, 0),
    };
    const results = resultsFor(options, resultsPath(`cifar10-${part}.jsonl`));
    // Two trials at once would disturb each other's timings.
    const jobs = part === 'timing' ? 1 : options.jobs;
    await runExperiment({...options, results, jobs}, workload, (run) => Promise.all(trials.map(run)));
  }
}

/** Times compare only on one machine: the first shard takes them all. */
function trialsOfShard(part: Part, options: ReproduceArguments, found: Hyperparameters): Trial[] {
  const trials = trialsOf[part](options, found);
  if (part === 'timing') return options.shard.index === 1 ? trials : [];
  return shardOf(trials, options.shard);
}

/** Seed by seed, so that what is there after any time is as even as can be. */
const trialsOf: Readonly<Record<Part, (options: ReproduceArguments, found: Hyperparameters) => Trial[]>> = {
  tables: (options, found) => trialsOfRows(rowTrial, options, found),
  timing: (options, found) => trialsOfRows(timingTrial, options, found),
  'odd-margins': ({oddMarginEpochs: epochs, limit = null}) =>
    oddMarginLosses.flatMap((loss) =>
      hypotheses.flatMap((hypothesis) =>
        oddMarginMs.map((m) => oddMarginTrial(loss, m, hypothesis, {seed: 1, epochs, limit})),
      ),
    ),
};

function trialsOfRows(
  trialOf: typeof rowTrial,
  {rows: ids, seeds, limit}: ReproduceArguments,
  found: Hyperparameters,
): Trial[] {
  const chosen = rows.filter(({id}) => ids.includes(id));
  return Array.from({length: seeds}, (_, index) =>
    chosen.map((row) => trialOf(row, found, {seed: index + 1, limit: limit ?? null})),
  ).flat();
}
