/** What the guide to recognition says was measured is what was measured, and meets what was asked for. */

import {expect, it} from 'vitest';
import {benchmark, unknown} from '../../scripts/recognition/results.js';
import {withTables} from '../../scripts/recognition/tables.js';
import {read} from './pages.js';

it('the tables of the guide show the results that were measured', () => {
  const guide = read('docs/recognition.md');
  expect(withTables(guide, unknown, benchmark), 'npm run docs:recognition brings them up to date').toBe(
    guide,
  );
});

it('a query among 10,000 enrolled embeddings takes at most 10 ms on wasm', () => {
  const single = benchmark.results.find(({backend, queries}) => backend === 'wasm' && queries === 1);
  expect(single!.medianMilliseconds).toBeLessThanOrEqual(benchmark.required);
});
