import {InvalidArgumentError} from 'commander';

/** One of several equal parts of the work, each for a machine of its own. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

export const wholeWork: Shard = {index: 1, count: 1};

/** Reads `2/4`: the second of four shards. */
export function parseShard(text: string): Shard {
  const match = /^\s*(\d{1,6})\s*\/\s*(\d{1,6})\s*$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!(index >= 1 && index <= count)) {
    throw new InvalidArgumentError(
      'Expected i/n with 1 <= i <= n, such as 2/4 for the second of four shards.',
    );
  }
  return {index, count};
}

/** Every `count`-th item, so that each shard gets its share of the long ones and of the short ones. */
export function shardOf<T>(items: readonly T[], {index, count}: Shard): T[] {
  return items.filter((_, position) => position % count === index - 1);
}

/** `results.jsonl` becomes `results.2-of-4.jsonl`: shards that share a folder do not write to one file. */
export function shardPath(path: string, {index, count}: Shard): string {
  return count === 1 ? path : path.replace(/(\.[^./\\]*)?$/, `.${index}-of-${count}$1`);
}
