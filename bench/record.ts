import {execFileSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {cpus} from 'node:os';
import {fileURLToPath} from 'node:url';
import {versions} from '../examples/cifar10/versions.js';
import {writeFileAtomically} from '../examples/cifar10/writeFile.js';
import type {Series} from './measure.js';
import type {Effort} from './rounds.js';

/** What was measured, and the versions of what it ran in. */
export interface Measured {
  readonly series: readonly Series[];
  readonly versions: Readonly<Record<string, string>>;
}

/** The results of one run of the benchmark, and what they depend on. */
export interface Run extends Measured {
  readonly command: string;
  readonly date: string;
  readonly commit: string;
  readonly processor: string;
  readonly effort: Effort;
}

/** The results file: the latest run in Node, and the latest in a browser. */
export interface BenchmarkRecord {
  readonly node?: Run;
  readonly browser?: Run;
}

export const resultsFile = fileURLToPath(new URL('../docs/results/benchmark.json', import.meta.url));

/** What a run that is about to begin depends on. */
export function circumstances(): Omit<Run, 'command' | 'effort' | 'series'> {
  const {backend: _, ...others} = versions(); // the backend differs from series to series
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    versions: others,
  };
}

export async function readRecord(file = resultsFile): Promise<BenchmarkRecord> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as BenchmarkRecord;
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `${file} must hold results of the benchmark, as JSON: ${reason}; delete it, or name another`,
    );
  }
}

/** The runs that a file already holds; none if there is no such file. */
export async function readRuns(file: string): Promise<BenchmarkRecord> {
  return readRecord(file).catch((error: NodeJS.ErrnoException): BenchmarkRecord => {
    if (error.code === 'ENOENT') return {};
    throw error;
  });
}

/** Puts a run in the place of the last one of its kind. */
export async function writeRun(file: string, kind: keyof BenchmarkRecord, run: Run): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify({...(await readRuns(file)), [kind]: run}, null, 1)}\n`);
}

/** The commit that was measured; a star behind it if the code is not quite that of the commit. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, {encoding: 'utf8'}).trim();
  return (
    git('rev-parse', '--short', 'HEAD') +
    (git('status', '--porcelain', 'src', 'bench', 'examples', 'package-lock.json') ? '*' : '')
  );
}
