/** Brings the tables of docs/cifar10.md up to date with the runs and the benchmark under docs/results/. */

import {readFileSync, writeFileSync} from 'node:fs';
import {benchmark, runs} from './results.js';
import {withTables} from './tables.js';

const guide = new URL('../../docs/cifar10.md', import.meta.url);

writeFileSync(guide, withTables(readFileSync(guide, 'utf8'), runs, benchmark));
console.log('brought the tables of docs/cifar10.md up to date');
