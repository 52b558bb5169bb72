import {readFileSync} from 'node:fs';
import type {TrainRecord} from '../../examples/cifar10/record.js';
import type {StepBenchmark} from './tables.js';

/** Written by `npm run cifar10 -- train --loss … --out FILE`, with the loss that each names and defaults otherwise. */
export const runs = ['cifar10-softmax', 'cifar10-combination'].map((name) => result<TrainRecord>(name));

/** Written by `npm run bench:step`. */
export const benchmark = result<StepBenchmark>('step-benchmark');

function result<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../docs/results/${name}.json`, import.meta.url), 'utf8')) as T;
}
