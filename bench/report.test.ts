import {readFile} from 'node:fs/promises';
import {expect, it} from 'vitest';
import {readRecord} from './record.js';
import {withTables} from './report.js';
import {slowerTable, tablesOf} from './tables.js';

it('the guide shows the results that are in the file', async () => {
  const guide = await readFile(new URL('../docs/performance.md', import.meta.url), 'utf8');
  const record = await readRecord();
  expect(withTables(guide, record), 'npm run bench -- report brings it up to date').toBe(guide);
  const older = {...record, browser: {...record.browser!, date: '1999-12-31'}};
  expect(withTables(guide, older)).not.toBe(guide);
});

it('says what is missing', () => {
  expect(() => withTables('', {})).toThrow('measure them first: npm run bench');
});

const row = (contender: string, ratio: number) => ({
  contender,
  milliseconds: 12.34 * ratio,
  ratio,
  quartiles: [ratio, ratio] as const,
  peakBytes: 1e6,
});
const rows = [
  row('tf.losses.softmaxCrossEntropy', 1),
  row("tfjs-layers' categoricalCrossentropy", 1.5),
  row('hinge', 0.25),
  row('softmax, class ids', 1.25),
  row('softmax, naively', 3),
];
const series = {backend: 'wasm', section: 'loss', setting: '[256, 10]', rows} as const;

it('a row a contender, a column a size', () => {
  const larger = {...series, setting: '[256, 1000]'};
  const elsewhere = {...series, backend: 'cpu'};
  const tables = tablesOf([series, elsewhere, larger]);
  expect(Object.keys(tables)).toEqual(['loss-wasm', 'loss-cpu']);
  expect(tables['loss-wasm']!.head).toEqual(['', '[256, 10]', '[256, 1000]']);
  expect(tables['loss-wasm']!.rows.slice(0, 3)).toEqual([
    ['tf.losses.softmaxCrossEntropy', '12.3 ms', '12.3 ms'],
    ["tfjs-layers' categoricalCrossentropy", '1.50', '1.50'],
    ['hinge', '0.25', '0.25'],
  ]);
});

it('launches stand behind the ratio', () => {
  const onGpu = {...series, rows: rows.map((each) => ({...each, launches: 7}))};
  expect(tablesOf([onGpu])['loss-wasm']!.rows[2]).toEqual(['hinge', '0.25 (7)']);
});

it('a row a size where sizes grow, with the memory of both', () => {
  const [first, last] = [
    {...rows[0]!, processBytes: 2.5e6},
    {...rows[2]!, processBytes: 3e6},
  ];
  const growing = {...series, section: 'classes', setting: '10', rows: [first, last]} as const;
  expect(tablesOf([growing])['classes-wasm']).toEqual({
    head: ['classes', 'ms', 'ratio', 'MB of tensors', 'MB of the process'],
    rows: [['10', '3.08', '0.25', '1.0 / 1.0', '3.0 / 2.5']],
  });
});

it('what is slower is told, of this package alone', () => {
  expect(slowerTable([series]).rows).toEqual([['wasm', 'loss', '[256, 10]', 'softmax, class ids', '1.25']]);
  expect(slowerTable([{...series, rows: rows.slice(0, 3)}]).rows).toEqual([['none', '', '', '', '']]);
});
