/** What the guide to the trainer says of accuracy and speed is what was measured, and meets what was asked for. */

import {expect, it} from 'vitest';
import {benchmark, runs} from '../../scripts/cifar10/results.js';
import {withTables} from '../../scripts/cifar10/tables.js';
import {read} from './pages.js';

it('the tables of the guide show the results that were measured', () => {
  const guide = read('docs/cifar10.md');
  expect(withTables(guide, runs, benchmark), 'npm run docs:cifar10 brings them up to date').toBe(guide);
});

it('softmax reaches 52 % in ten epochs, and the combination stays within one point of it', () => {
  const [softmax, combination] = runs;
  expect(softmax!.config).toMatchObject({loss: 'softmax', epochs: 10});
  expect(softmax!.final!.testAccuracy).toBeGreaterThanOrEqual(0.52);
  expect(combination!.config).toEqual({...softmax!.config, loss: combination!.config.loss});
  expect(combination!.final!.testAccuracy).toBeGreaterThanOrEqual(softmax!.final!.testAccuracy - 0.01);
});

it('a training step is at least 3.5 times faster than with stock wasm', () => {
  expect(benchmark.results.at(-1)!.timesFaster).toBeGreaterThanOrEqual(3.5);
});
