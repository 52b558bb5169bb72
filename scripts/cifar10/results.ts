import {readJson} from '../../examples/cifar10/json.js';
import {trainRecordSchema} from '../../examples/cifar10/record.js';
import {stepBenchmarkSchema} from './tables.js';

const file = (name: string) => new URL(`../../docs/results/${name}.json`, import.meta.url);

/** Written by `npm run cifar10 -- train --loss … --out FILE`, with the loss that each names and defaults otherwise. */
export const runs = await Promise.all(
  ['cifar10-softmax', 'cifar10-combination'].map((name) =>
    readJson(file(name), trainRecordSchema, 'write it anew with "npm run cifar10 -- train --out"'),
  ),
);

/** Written by `npm run bench:step`. */
export const benchmark = await readJson(
  file('step-benchmark'),
  stepBenchmarkSchema,
  'write it anew with "npm run bench:step"',
);
