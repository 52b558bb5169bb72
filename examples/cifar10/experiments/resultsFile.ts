import {existsSync} from 'node:fs';
import {JsonLines, readLines} from '../jsonLines.js';
import {type Trial, trialKey} from './trial.js';
import {type TrialRecord, trialRecordSchema} from './trialRecord.js';

/** The results of trials, a line each. */
export class ResultsFile {
  readonly #lines: JsonLines<TrialRecord>;
  readonly #records: Map<string, TrialRecord>;

  private constructor(lines: JsonLines<TrialRecord>) {
    this.#lines = lines;
    this.#records = byKey(lines.before);
  }

  static async open(path: string): Promise<ResultsFile> {
    return new ResultsFile(await JsonLines.open(path, trialRecordSchema));
  }

  /** The record of a trial, if it is there. */
  get(trial: Trial): TrialRecord | undefined {
    return this.#records.get(recordKey(trial));
  }

  async append(record: TrialRecord): Promise<void> {
    await this.#lines.append(record);
    this.#records.set(recordKey(record), record);
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

/** The records of any number of files; of those of one trial the last counts. */
export async function readResults(paths: ReadonlyArray<string | URL>): Promise<TrialRecord[]> {
  const records = await Promise.all(
    paths.map(async (path) => {
      const lines = await readLines(path, trialRecordSchema);
      if (lines !== null) return lines;
      throw new Error(`${path} does not exist; name files that "search" or "reproduce" wrote`);
    }),
  );
  return [...byKey(records.flat()).values()];
}

/** Of these files, those that have been written yet. */
export function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}

function byKey(records: readonly TrialRecord[]): Map<string, TrialRecord> {
  return new Map(records.map((record) => [recordKey(record), record]));
}

/** The same training may be part of several studies, which do not keep the same results of it. */
function recordKey(trial: Trial): string {
  return `${trial.study} ${trialKey(trial)}`;
}
