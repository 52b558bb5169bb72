import {existsSync} from 'node:fs';
import {appendFile, readFile, truncate} from 'node:fs/promises';
import {ensureWritable} from '../writeFile.js';
import {type Trial, trialKey} from './trial.js';
import type {TrialRecord} from './trialRecord.js';

/**
 * The results of trials, one line of JSON each, to which lines are only ever added. A line is whole or, if the program
 * was killed while it wrote, the last one and without an end: such a line is taken off before the next one is added. One
 * program at a time may write to a file.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #records: Map<string, TrialRecord>;

  private constructor(path: string, records: readonly TrialRecord[]) {
    this.#path = path;
    this.#records = new Map(records.map((record) => [recordKey(record), record]));
  }

  /** Reads what is there, and makes sure that more can be written. */
  static async open(path: string): Promise<ResultsFile> {
    const text = await readText(path);
    if (text === null) {
      await ensureWritable(path);
      return new ResultsFile(path, []);
    }
    const records = parseLines(path, text);
    await endLastLine(path, text);
    return new ResultsFile(path, records);
  }

  /** The record of a trial, if it is there. */
  get(trial: Trial): TrialRecord | undefined {
    return this.#records.get(recordKey(trial));
  }

  async append(record: TrialRecord): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(record)}\n`);
    this.#records.set(recordKey(record), record);
  }
}

/** The records of any number of files; of those of one trial the last counts. */
export async function readResults(paths: ReadonlyArray<string | URL>): Promise<TrialRecord[]> {
  const records = await Promise.all(
    paths.map(async (path) => {
      const text = await readText(path);
      if (text === null)
        throw new Error(`${path} does not exist; name files that "search" or "reproduce" wrote`);
      return parseLines(path, text);
    }),
  );
  return [...new Map(records.flat().map((record) => [recordKey(record), record])).values()];
}

/** Of these files, those that have been written yet. */
export function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}

/** The same training may be part of several studies, which do not keep the same results of it. */
function recordKey(trial: Trial): string {
  return `${trial.study} ${trialKey(trial)}`;
}

async function readText(path: string | URL): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const reason = (error as Error).message;
    throw new Error(`${path} cannot be read (${reason}); name a file of results`, {cause: error});
  }
}

/** What follows the last line break is a line too if it is whole, and else the beginning of one that was never finished. */
function parseLines(path: string | URL, text: string): TrialRecord[] {
  const lines = text.split('\n');
  const last = lines.pop()!;
  if (isWhole(last)) lines.push(last);
  return lines.map((line, index) => parseLine(line, `${path}, line ${index + 1}`));
}

function parseLine(line: string, place: string): TrialRecord {
  const remedy = 'take the line out, and its trial is run again';
  let record: Partial<TrialRecord> | null;
  try {
    record = JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place} is not JSON (${(cause as Error).message}); ${remedy}`, {cause});
  }
  const expected = ['study', 'label', 'config', 'outcome', 'curves'];
  if (expected.some((name) => typeof record !== 'object' || record === null || !(name in record))) {
    throw new Error(`${place} is no result of a trial: it must have ${expected.join(', ')}; ${remedy}`);
  }
  return record as TrialRecord;
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Leaves the file so that a new line can follow. */
async function endLastLine(path: string, text: string): Promise<void> {
  if (text === '' || text.endsWith('\n')) return;
  const end = text.lastIndexOf('\n') + 1;
  if (isWhole(text.slice(end))) await appendFile(path, '\n');
  else await truncate(path, Buffer.byteLength(text.slice(0, end)));
}
