/**
 * Run by processMemory.ts in a process of its own: one contender does its work a few times, and the process prints by how
 * many bytes it grew at most.
 */

import * as tf from '@tensorflow/tfjs';
import {startBackend} from './backend.js';
import {finish} from './contender.js';
import {withContenders} from './measure.js';
import {type Case, type SectionName, sections} from './sections.js';

interface Request {
  readonly backend: string;
  readonly section: SectionName;
  readonly setting: string;
  readonly contender: string;
}

const repetitions = 3;

const {backend, section, setting, contender} = JSON.parse(process.argv[2]!) as Request;
await startBackend(backend);
await tf.setBackend(backend);
const cases: readonly Case[] = sections[section];
const chosen = cases.find((each) => each.setting === setting)!;
console.log(
  await withContenders(chosen, async (contenders) => {
    const worker = contenders.find(({name}) => name === contender)!;
    const before = process.memoryUsage().rss;
    for (let repetition = 0; repetition < repetitions; repetition++) await finish(worker);
    return process.resourceUsage().maxRSS * 1024 - before;
  }),
);
