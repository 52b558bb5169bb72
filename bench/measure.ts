import * as tf from '@tensorflow/tfjs';
import type {Contender} from './contender.js';
import {countLaunches} from './launches.js';
import {peakBytes} from './peak.js';
import {type Effort, type Timing, takeTurns} from './rounds.js';
import {type Case, type SectionName, sections} from './sections.js';

/** What was measured of a contender. */
export interface Row extends Timing {
  /** Programs run by the graphics processor, on a backend that has one. */
  readonly launches?: number;
  /** Bytes in tensors at the peak, inputs not counted; on the others. */
  readonly peakBytes?: number;
  /** Bytes by which a process grows that does nothing else. */
  readonly processBytes?: number;
}

/** What was measured at one size: a row a contender, the one that the others are compared with first. */
export interface Series {
  readonly backend: string;
  readonly section: SectionName;
  readonly setting: string;
  readonly rows: readonly Row[];
}

/** What to measure, and how long. */
export interface Plan {
  readonly backend: string;
  readonly sections: readonly SectionName[];
  /** The smallest size of each section only. */
  readonly quick: boolean;
  readonly effort: Effort;
}

/** Carries out a plan on a backend that has been registered, and tells what it is about to do. */
export async function measure(plan: Plan, announce: (what: string) => unknown): Promise<Series[]> {
  const {backend, quick, effort} = plan;
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
  const series: Series[] = [];
  for (const section of plan.sections) {
    for (const each of sections[section].slice(0, quick ? 1 : undefined)) {
      await announce(`${backend}, ${section}, ${each.setting}`);
      series.push({backend, section, setting: each.setting, rows: await measureCase(each, effort)});
    }
  }
  return series;
}

function measureCase(each: Case, effort: Effort): Promise<Row[]> {
  return withContenders(each, async (contenders) => {
    const timings = await takeTurns(contenders, effort);
    const rows: Row[] = [];
    for (const [index, contender] of contenders.entries()) {
      rows.push({...timings[index]!, ...(await costsOf(contender))});
    }
    return rows;
  });
}

async function costsOf(contender: Contender): Promise<Partial<Row>> {
  const launches = await countLaunches(contender);
  return launches === undefined ? {peakBytes: await peakBytes(contender)} : {launches};
}

/** Makes the contenders of a case, and disposes of all that they were made of. */
export async function withContenders<T>(
  each: Case,
  use: (contenders: Contender[]) => Promise<T>,
): Promise<T> {
  const engine = tf.engine();
  engine.startScope();
  try {
    return await use(each.prepare());
  } finally {
    engine.endScope();
    tf.disposeVariables();
  }
}
