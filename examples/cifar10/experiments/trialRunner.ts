import {type ChildProcess, fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import pLimit from 'p-limit';
import type {BackendChoice} from '../backend.js';
import {versions} from '../versions.js';
import type {ResultsFile} from './resultsFile.js';
import type {Trial} from './trial.js';
import type {TrialMessage, TrialTask} from './trialProcess.js';
import {failure, type TrialRecord, type TrialResult} from './trialRecord.js';

export interface TrialRunnerOptions {
  /** Where the records go, and where those of trials that are done already come from. */
  readonly results: ResultsFile;
  /** How many trials run at the same time. */
  readonly jobs: number;
  /** The folder of the binary batches. */
  readonly data: string;
  readonly backend: BackendChoice;
  /** For the records. */
  readonly command: string;
  readonly commit: string | null;
  readonly observer: TrialObserver;
}

/** Is told how the trials go. */
export interface TrialObserver {
  started(trial: Trial): void;
  epoch(trial: Trial, validationAccuracy: number | null): void;
  /** `isNew` is false for a trial that an earlier run has done. */
  finished(trial: Trial, record: TrialRecord, isNew: boolean): void;
}

const program = fileURLToPath(new URL('trialProcess.ts', import.meta.url));

/**
 * Runs trials side by side, each in a process of its own, so that none can harm another. Records are written as soon as
 * they are there, and a trial that has one is not run again.
 */
export class TrialRunner {
  readonly #options: TrialRunnerOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #children = new Set<ChildProcess>();

  constructor(options: TrialRunnerOptions) {
    this.#options = options;
    this.#limit = pLimit(options.jobs);
  }

  /**
   * The record of the trial: the one that is there, or that of running it now. A trial that failed is given another chance, one
   * that diverged would do so again. It does not throw if the trial fails.
   */
  readonly run = (trial: Trial): Promise<TrialRecord> =>
    this.#limit(async () => {
      const {results, observer, command, commit} = this.#options;
      const known = results.get(trial);
      if (known !== undefined && known.outcome !== 'failed') {
        observer.finished(trial, known, false);
        return known;
      }
      observer.started(trial);
      const record = {...trial, ...(await this.#inProcess(trial)), command, commit};
      await results.append(record).catch((error: Error) => {
        // What cannot be kept is not worth training for.
        this.#limit.clearQueue();
        for (const child of this.#children) child.kill('SIGKILL');
        throw error;
      });
      observer.finished(trial, record, true);
      return record;
    });

  #inProcess(trial: Trial): Promise<TrialResult> {
    const {data, backend, observer} = this.#options;
    const startedAt = new Date();
    const child = fork(program, {stdio: ['ignore', 'ignore', 'pipe', 'ipc']});
    this.#children.add(child);
    let result: TrialResult | undefined;
    let complaint = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_LENGTH);
    });
    child.on('message', (message: TrialMessage) => {
      if (message.kind === 'epoch') observer.epoch(trial, message.validationAccuracy);
      else if (message.kind === 'result') result = message.result;
      else result = failure(message.problem, startedAt, versions());
    });
    child.send({trial, data, backend} satisfies TrialTask);
    return new Promise((resolve) => {
      child.on('error', (error) => resolve(failure(error.message, startedAt, versions())));
      child.on('close', (code, signal) => {
        this.#children.delete(child);
        const ending = signal === null ? `with exit status ${code}` : `by ${signal}`;
        const problem = `the process of the trial ended ${ending} ${complaint.trim()}`.trim();
        resolve(result ?? failure(problem, startedAt, versions()));
      });
    });
  }
}

/** Of what a process writes to its error stream, the end tells why it stopped. */
const COMPLAINT_LENGTH = 500;
