/**
 * Measures what the losses built into tfjs do, writes docs/results/builtins.json, and brings the tables in
 * docs/migrating.md up to date.
 */

import {readFileSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {measureBuiltIns} from './measure.js';
import {putIntoGuide} from './table.js';

const results = new URL('../../docs/results/builtins.json', import.meta.url);
const guide = new URL('../../docs/migrating.md', import.meta.url);

await tf.setBackend('cpu');
const measured = await measureBuiltIns();
writeFileSync(results, `${JSON.stringify(measured, null, 2)}\n`);
writeFileSync(guide, putIntoGuide(readFileSync(guide, 'utf8'), measured));
console.log('wrote docs/results/builtins.json and the tables of docs/migrating.md');
