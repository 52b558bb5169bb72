import type {BackendChoice} from '../backend.js';
import type {Trial} from './trial.js';
import type {TrialResult} from './trialRecord.js';

/** What the process of a trial is given. */
export interface TrialTask {
  readonly trial: Trial;
  /** The folder of the binary batches. */
  readonly data: string;
  readonly backend: BackendChoice;
}

/** What it says while it works, and at the end. */
export type TrialMessage =
  | {readonly kind: 'epoch'; readonly epoch: number; readonly validationAccuracy: number | null}
  | {readonly kind: 'result'; readonly result: TrialResult}
  | {readonly kind: 'failure'; readonly problem: string};
