/** Brings the tables of docs/recognition.md up to date with the results under docs/results/. */

import {readFileSync, writeFileSync} from 'node:fs';
import {benchmark, unknown} from './results.js';
import {withTables} from './tables.js';

const guide = new URL('../../docs/recognition.md', import.meta.url);

writeFileSync(guide, withTables(readFileSync(guide, 'utf8'), unknown, benchmark));
console.log('brought the tables of docs/recognition.md up to date');
