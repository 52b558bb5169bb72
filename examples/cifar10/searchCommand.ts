import {Command, Option} from 'commander';
import {chooseHyperparameters} from './experiments/chooseHyperparameters.js';
import {runExperiment} from './experiments/experiment.js';
import {readHyperparameters, readHyperparametersIfThere} from './experiments/hyperparameters.js';
import {type RandomSearchOptions, randomSearch, rungsOf, type Searched} from './experiments/randomSearch.js';
import {existing, readResults} from './experiments/resultsFile.js';
import {hasMargin, type SearchedLoss, searchedLosses} from './experiments/searchSpace.js';
import {shardOf} from './experiments/shard.js';
import {
  hyperparametersPath,
  resultsFor,
  resultsPath,
  type TrialOptions,
  withTrialOptions,
} from './experiments/trialOptions.js';
import {type GridOptions, gridWeights, weightGrid, weightPairs} from './experiments/weightGrid.js';
import {eachOf, integerAtLeast, path} from './optionParsers.js';
import {ensureWritable, writeFileAtomically} from './writeFile.js';

const SEARCH_RESULTS = resultsPath('cifar10-search.jsonl');
const GRID_RESULTS = resultsPath('cifar10-grid.jsonl');

export function searchCommand(): Command {
  return new Command('search')
    .description('Search for hyperparameters by validation accuracy.')
    .addCommand(randomCommand())
    .addCommand(gridCommand())
    .addCommand(chooseCommand());
}

interface RandomArguments
  extends TrialOptions,
    Pick<RandomSearchOptions, 'candidates' | 'epochs' | 'eta' | 'seed'> {
  readonly loss: readonly SearchedLoss[];
  readonly m?: readonly number[];
}

function randomCommand(): Command {
  const command = new Command('random')
    .description(
      'Draw learning rate, weight decay, dropout and bias, and for a margin loss m and the λ recipe, for one loss ' +
        'at a time; narrow the candidates down by successive halving.',
    )
    .optionsGroup('Search:')
    .addOption(
      new Option('--loss <names...>', 'a search for each of these')
        .choices(searchedLosses)
        .default([...searchedLosses], 'all four'),
    )
    .option(
      '--m <m...>',
      'a search for each m of a margin loss (default: m is drawn)',
      eachOf(integerAtLeast(1)),
    )
    .option('--candidates <n>', 'candidates of each search', integerAtLeast(1), 12)
    .option('--epochs <n>', 'epochs of the last candidates; the first get fewer', integerAtLeast(1), 10)
    .option('--eta <n>', 'one candidate in n goes on and trains n times as long', integerAtLeast(2), 3)
    .option('--seed <n>', 'of the candidates, and of their training', integerAtLeast(0), 0);
  return withTrialOptions(command).action((options: RandomArguments) => runRandomSearch(options));
}

async function runRandomSearch(options: RandomArguments): Promise<void> {
  const {loss, m = [], limit = null} = options;
  const searches = [...new Set(loss)].flatMap((name): Searched[] =>
    hasMargin(name) && m.length > 0
      ? [...new Set(m)].map((margin) => ({loss: name, m: margin}))
      : [{loss: name, m: null}],
  );
  const search = {...options, limit};
  const rungs = rungsOf(search);
  const workload = {
    trials: searches.length * rungs.reduce((sum, {candidates}) => sum + candidates, 0),
    epochs: searches.length * rungs.reduce((sum, {candidates, epochs}) => sum + candidates * epochs, 0),
  };
  const results = resultsFor(options, SEARCH_RESULTS);
  await runExperiment({...options, results}, workload, (run) =>
    Promise.all(searches.map((searched) => randomSearch(searched, search, run))),
  );
}

interface GridArguments extends TrialOptions, Pick<GridOptions, 'epochs' | 'seed'> {
  readonly hyperparameters: string;
  readonly others?: readonly string[];
}

function gridCommand(): Command {
  const command = new Command('grid')
    .description(
      'Try the weights 0.2, 0.3 … 0.9: every pair for L-Softmax and A-Softmax, then the best pair as one loss with ' +
        'every weight for SVM on top.',
    )
    .optionsGroup('Search:')
    .option('--epochs <n>', 'epochs of a trial', integerAtLeast(1), 3)
    .option('--seed <n>', 'of the training', integerAtLeast(0), 0)
    .option('--hyperparameters <file>', 'what "search choose" wrote', path, hyperparametersPath)
    .option(
      '--others <files...>',
      'results of the other shards: the second stage needs all pairs',
      eachOf(path),
    );
  return withTrialOptions(command).action((options: GridArguments) => runGrid(options));
}

async function runGrid(options: GridArguments): Promise<void> {
  const {hyperparameters, others = [], limit = null, shard} = options;
  const found = await readHyperparameters(hyperparameters);
  const known = await readResults(others);
  const trials = shardOf(weightPairs, shard).length + shardOf(gridWeights, shard).length;
  const workload = {trials, epochs: trials * options.epochs};
  const results = resultsFor(options, GRID_RESULTS);
  await runExperiment({...options, results}, workload, async (run) => {
    const isWhole = await weightGrid(found, {...options, limit}, known, run);
    if (!isWhole) {
      console.error(
        "SVM's weight has to wait for the other shards' pairs: run this again with --others and their results.",
      );
    }
  });
}

interface ChooseArguments {
  readonly results?: readonly string[];
  readonly out: string;
}

function chooseCommand(): Command {
  return new Command('choose')
    .description('Choose the best of what the searches tried, for "search grid" and "reproduce" to use.')
    .option(
      '--results <files...>',
      'of searches, of all shards (default: those in docs/results)',
      eachOf(path),
    )
    .option(
      '--out <file>',
      'the choice, as JSON; what was not searched stays in it',
      path,
      hyperparametersPath,
    )
    .action(async ({results, out}: ChooseArguments) => {
      await ensureWritable(out);
      const before = (await readHyperparametersIfThere(out)) ?? {settings: {}, weights: null};
      const chosen = chooseHyperparameters(
        await readResults(results ?? existing([SEARCH_RESULTS, GRID_RESULTS])),
        before,
      );
      await writeFileAtomically(out, `${JSON.stringify(chosen, null, 2)}\n`);
      console.log(`Chosen for ${Object.keys(chosen.settings).join(', ')}: ${out}`);
    });
}
