import {appendFile, open, readFile} from 'node:fs/promises';
import {ensureWritable} from '../writeFile.js';
import {type Trial, trialKey} from './trial.js';
import type {TrialRecord} from './trialRecord.js';

/**
 * The results of trials, one line of JSON each, to which lines are only ever added. A line is whole or, if the program
 * was killed while it wrote, the last one and without an end: such a line is taken off before the next one is added.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #records: Map<string, TrialRecord>;

  private constructor(path: string, records: readonly TrialRecord[]) {
    this.#path = path;
    this.#records = byKey(records);
  }

  /** Reads what is there, and makes sure that more can be written. */
  static async open(path: string): Promise<ResultsFile> {
    const text = await readText(path);
    if (text === null) {
      await ensureWritable(path);
      return new ResultsFile(path, []);
    }
    const records = parseLines(path, text);
    await takeOffUnfinishedLine(path, text);
    return new ResultsFile(path, records);
  }

  /** The record of a trial, if it is there. */
  get(trial: Trial): TrialRecord | undefined {
    return this.#records.get(trialKey(trial));
  }

  async append(record: TrialRecord): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(record)}\n`);
    this.#records.set(trialKey(record), record);
  }
}

/** The records of any number of files; of those of one trial in one study the last counts. Files that do not exist have none. */
export async function readResults(paths: ReadonlyArray<string | URL>): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (const path of paths) records.push(...parseLines(path, (await readText(path)) ?? ''));
  const byStudy = new Map(records.map((record) => [`${record.study} ${trialKey(record)}`, record]));
  return [...byStudy.values()];
}

function byKey(records: readonly TrialRecord[]): Map<string, TrialRecord> {
  return new Map(records.map((record) => [trialKey(record), record]));
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

/** What follows the last line break is the beginning of a line that was never finished. */
function parseLines(path: string | URL, text: string): TrialRecord[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        return JSON.parse(line) as TrialRecord;
      } catch (cause) {
        throw new Error(
          `${path}, line ${index + 1} is not JSON (${(cause as Error).message}); ` +
            'take the line out, and its trial is run again',
          {cause},
        );
      }
    });
}

async function takeOffUnfinishedLine(path: string, text: string): Promise<void> {
  const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
  const file = await open(path, 'r+');
  try {
    if ((await file.stat()).size > whole) await file.truncate(whole);
  } finally {
    await file.close();
  }
}
