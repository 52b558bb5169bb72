/**
 * `npm run bench:recognition`: how long a query takes among many enrolled embeddings, as faces are looked up. Prints a table
 * and writes it to docs/results/recognition-benchmark.json.
 */

import {cpus, loadavg} from 'node:os';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import Table from 'cli-table3';
import {recognizer} from 'tfjs-losses/recognition';
import {Bench} from 'tinybench';
import {Random} from '../examples/cifar10/random.js';
import {versions} from '../examples/cifar10/versions.js';
import {writeFileAtomically} from '../examples/cifar10/writeFile.js';
import {startBackend} from './backend.js';
import {now} from './clock.js';

const resultsFile = fileURLToPath(new URL('../docs/results/recognition-benchmark.json', import.meta.url));
const enrolled = 10_000;
const features = 512;
/** What a query may take on wasm, in milliseconds. */
const required = 10;

const random = new Random(1, 'recognition');
const embedding = () => Float32Array.from({length: features}, () => random.below(2001) / 1000 - 1);

interface Row {
  readonly backend: string;
  readonly queries: number;
  readonly medianMilliseconds: number;
  readonly p75Milliseconds: number;
}

async function measure(backend: string): Promise<Row[]> {
  await startBackend(backend);
  await tf.setBackend(backend);
  const r = recognizer((batch: Float32Array[]) => batch);
  for (let i = 0; i < enrolled; i++) await r.enroll(`person ${i}`, [embedding()]);
  await r.calibrate({unknown: [embedding(), embedding()]}, {falseAccept: 0});
  const rows: Row[] = [];
  for (const queries of [1, 32]) {
    const batch = Array.from({length: queries}, embedding);
    const bench = new Bench({time: 2000, warmupTime: 500, throws: true, now});
    const [task] = await bench.add(backend, async () => void (await r.recognize(batch))).run();
    if (task!.result.state !== 'completed') throw new Error(`${backend} was not measured`);
    const {p50, p75} = task!.result.latency;
    rows.push({backend, queries, medianMilliseconds: rounded(p50), p75Milliseconds: rounded(p75)});
  }
  return rows;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

const results = [...(await measure('cpu')), ...(await measure('wasm'))];
const table = new Table({
  head: ['backend', 'queries at once', 'ms, median', 'ms, p75'],
  colAligns: ['left', 'right', 'right', 'right'],
  style: {head: [], border: []},
});
for (const row of results) {
  table.push([row.backend, row.queries, row.medianMilliseconds, row.p75Milliseconds]);
}
console.log(`${enrolled} enrolled embeddings of ${features}\n${table}`);
const single = results.find(({backend, queries}) => backend === 'wasm' && queries === 1)!;
console.log(
  `On wasm a query may take ${required} ms: ${single.medianMilliseconds <= required ? 'met' : 'missed'}`,
);
const record = {
  command: 'npm run bench:recognition',
  cpu: cpus()[0]?.model,
  load: rounded(loadavg()[0]!),
  versions: versions(),
  enrolled,
  features,
  required,
  results,
};
await writeFileAtomically(resultsFile, `${JSON.stringify(record, null, 2)}\n`);
