import {readFileSync} from 'node:fs';

interface Shares {
  readonly right: number;
  readonly refused: number;
  readonly wrong: number;
}

/** As far as the tables need it: what `npm run unknown` writes. */
export interface UnknownResults {
  readonly before: {readonly known: Shares; readonly strangers: Shares};
  readonly after: {readonly known: Shares; readonly enrolled: Shares};
  readonly scores: Readonly<Record<string, {auroc: number; fpr95: number; oscr: number}>>;
}

/** As far as the tables need it: what `npm run bench:recognition` writes. */
export interface BenchmarkResults {
  readonly required: number;
  readonly results: ReadonlyArray<{
    readonly backend: string;
    readonly queries: number;
    readonly medianMilliseconds: number;
  }>;
}

export const unknown: UnknownResults = read('unknown');
export const benchmark: BenchmarkResults = read('recognition-benchmark');

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../docs/results/${name}.json`, import.meta.url), 'utf8')) as T;
}
