import {cp, mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {expect, test, vi} from 'vitest';
import {parse} from 'yaml';
import {readResults} from '../experiments/resultsFile.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {describeFile, generatedArchive, serve, withRanges} from './server.js';
import {generatedFiles, start, startProgram, temporaryFolder} from './support.js';

/*
 * What the files in ../cluster/ run, as many processes as there are shards, on one empty cache and one folder of results.
 */

vi.setConfig({testTimeout: 300_000});

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const cluster = (name: string) => join(repository, 'examples/cifar10/cluster', name);
const trials = ['--rows', 'hinge', 'softmax', 'lsoftmax-2', 'asoftmax-2', '--seeds', '1', '--limit', '64'];

/** How an engine starts a shard. */
interface Engine {
  readonly shards: number;
  readonly folder: string;
  readonly command: readonly string[];
  /** What the engine sets, for the shard of this number from 0 on. */
  environment(index: number): NodeJS.ProcessEnv;
}

async function slurm(): Promise<Engine> {
  return {
    shards: 3,
    folder: repository,
    command: ['bash', cluster('slurm.sh')],
    environment: (index) => ({SLURM_ARRAY_TASK_ID: `${index + 1}`, SLURM_ARRAY_TASK_COUNT: '3'}),
  };
}

async function kubernetes(): Promise<Engine> {
  const {spec} = parse(await readFile(cluster('kubernetes.yaml'), 'utf8'));
  const [{command, env}] = spec.template.spec.containers;
  const given = Object.fromEntries(env.map(({name, value}: {name: string; value: string}) => [name, value]));
  expect(spec).toMatchObject({completionMode: 'Indexed', completions: Number(given.SHARDS)});
  return {
    shards: 2,
    folder: await imageFolder(),
    command,
    environment: (index) => ({
      ...given,
      SHARDS: '2',
      JOBS: '1',
      JOB_COMPLETION_INDEX: `${index}`,
      COMMIT: 'c0ffee',
    }),
  };
}

/** A folder with what the Dockerfile copies, and nothing else but the packages. */
async function imageFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const ignored = (await readFile(cluster('Dockerfile.dockerignore'), 'utf8')).split('\n');
  for (const [, names] of (await readFile(cluster('Dockerfile'), 'utf8')).matchAll(/^COPY (.+) \S+$/gm)) {
    for (const name of names!.split(' ')) {
      expect(ignored).toContain(`!${name}`);
      await mkdir(dirname(join(folder, name)), {recursive: true});
      await cp(join(repository, name), join(folder, name), {recursive: true});
    }
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Makes the programs in a folder take a made-up archive for the official one. */
function withArchive(archive: object, folder: string): string {
  const module = pathToFileURL(join(folder, 'examples/cifar10/data/cache.ts')).href;
  const code = `Object.assign((await import('${module}')).officialArchive, ${JSON.stringify(archive)})`;
  return `--import tsx --import data:text/javascript,${encodeURIComponent(code)}`;
}

/** The page made from results, with all times alike: nothing else may tell one run from another. */
async function report(files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const [readme, results] = [join(folder, 'README.md'), join(folder, 'results.jsonl')];
  const records = (await readResults(files)).map(
    (record): TrialRecord => ({
      ...record,
      secondsPerEpoch: record.secondsPerEpoch.map(() => 1),
      seconds: 10,
      startedAt: '2026-01-01T00:00:00.000Z',
      command: 'npm run cifar10 -- reproduce',
      commit: null,
    }),
  );
  await writeFile(results, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  await writeFile(readme, '<!-- reproduction: npm run cifar10 -- report --><!-- end of reproduction -->');
  const places = ['--out', join(folder, 'page.md'), '--images', join(folder, 'images'), '--readme', readme];
  const {code, printed} = await startProgram(['report', '--results', results, ...places]).done;
  expect(code, printed).toBe(0);
  return readFile(join(folder, 'page.md'), 'utf8');
}

let single: Promise<string> | undefined;

async function reportOfSingleRun(): Promise<string> {
  const results = join(await temporaryFolder(), 'single.jsonl');
  const places = ['--results', results, '--data', await generatedFiles()];
  const {code, printed} = await startProgram(['reproduce', '--only', 'tables', ...trials, ...places]).done;
  expect(code, printed).toBe(0);
  return report([results]);
}

test.each([
  ['Slurm', slurm],
  ['Kubernetes', kubernetes],
])(
  '%s: shards, one of them killed and started anew, make the report of a single run',
  async (_, engineOf) => {
    const {shards, folder, command, environment} = await engineOf();
    const archive = await generatedArchive(10_000, 64);
    const {url, ranges} = await serve(withRanges(archive));
    const [cache, results] = [
      join(await temporaryFolder(), 'cache'),
      join(await temporaryFolder(), 'results'),
    ];
    const shared = {
      NODE_OPTIONS: withArchive(describeFile(url, archive), folder),
      XDG_CACHE_HOME: cache,
      RESULTS: results,
    };
    const startShard = (index: number) =>
      start([...command, ...trials], {...environment(index), ...shared}, folder);

    const [killed, ...others] = Array.from({length: shards}, (_, index) => startShard(index));
    await killed!.printedOnce(/^1\/2 /m);
    killed!.child.kill('SIGKILL');
    await killed!.done;
    const ended = await Promise.all([startShard(0), ...others].map(({done}) => done));
    for (const {code, printed} of ended) expect(code, printed).toBe(0);
    expect(ranges, 'one download for all').toHaveLength(1);
    const files = (await readdir(results)).sort();
    expect(files).toEqual(
      Array.from({length: shards}, (_, i) => `cifar10-tables.${i + 1}-of-${shards}.jsonl`),
    );

    const sharded = files.map((name) => join(results, name));
    const {COMMIT} = environment(0);
    for (const {commit} of await readResults(sharded)) if (COMMIT !== undefined) expect(commit).toBe(COMMIT);
    const merged = await report(sharded);
    expect(merged.match(/\| 1 \| 1\.00× \|$/gm), 'rows with a result').toHaveLength(4);
    single ??= reportOfSingleRun();
    expect(merged).toBe(await single);
  },
);
