import {readFile} from 'node:fs/promises';
import type {Outcome} from './runTrial.js';
import type {Trial} from './trials.js';

/** A line of the results file, as far as the report needs it. */
export type TrialResult = Trial & Outcome;

/** The lines of the results file; none if it does not exist. */
export async function readResults(path: string | URL): Promise<TrialResult[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrialResult);
}
