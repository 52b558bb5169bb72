import {availableParallelism} from 'node:os';
import {fileURLToPath} from 'node:url';
import {type Command, Option} from 'commander';
import {backendChoices} from '../backend.js';
import {integerAtLeast, path} from '../optionParsers.js';
import type {ExperimentOptions} from './experiment.js';
import {parseShard, type Shard, shardPath, wholeWork} from './shard.js';

/** The options of every command that runs trials. */
export interface TrialOptions extends Omit<ExperimentOptions, 'results'> {
  readonly results?: string;
  readonly limit?: number;
  readonly shard: Shard;
}

/** Adds them. */
export function withTrialOptions(command: Command): Command {
  return command
    .optionsGroup('Trials:')
    .option('--jobs <n>', 'trials side by side', integerAtLeast(1), availableParallelism())
    .addOption(
      new Option('--shard <i/n>', 'run the i-th of n parts, one a machine')
        .argParser(parseShard)
        .default(wholeWork, '1/1'),
    )
    .option('--results <file>', 'one line of JSON a trial; trials in it are not run again', path)
    .option('--limit <n>', 'use the first n images of each part only, to try it out', integerAtLeast(1))
    .option('--data <folder>', 'the binary batches (default: a cache, filled by download)', path)
    .addOption(
      new Option('--backend <name>', 'auto takes tfjs-node if it is installed, else wasm')
        .choices(backendChoices)
        .default('auto'),
    );
}

/**
 * The file that the trials of a command go to: the one that was named, else `usual`; for a shard, one of its own beside it.
 *
 * @throws Error if trials on some of the images would end up among those on all of them.
 */
export function resultsFor(
  {results, limit, shard}: Pick<TrialOptions, 'results' | 'limit' | 'shard'>,
  usual: string,
): string {
  if (limit !== undefined && results === undefined) {
    throw new Error(
      'with --limit, name a file for the results with --results: they do not belong to those on all images',
    );
  }
  return shardPath(results ?? usual, shard);
}

/** A file of the repository's results. */
export function resultsPath(name: string): string {
  return fileURLToPath(new URL(`../../../docs/results/${name}`, import.meta.url));
}

/** Where the searches' findings lie. */
export const hyperparametersPath = resultsPath('cifar10-hyperparameters.json');
