/** A process of its own for one trial: it trains what its parent sends it, and sends back epochs and the result. */

import {type BackendChoice, startBackend} from '../backend.js';
import {readCifar10} from '../data/cifar10.js';
import {stopSignals} from '../interrupt.js';
import {standardLosses} from '../lossExpression.js';
import {train} from '../trainer.js';
import {variantLosses} from './marginVariants.js';
import {isTested, type Trial} from './trial.js';
import {type TrialResult, toTrialResult} from './trialRecord.js';

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

// Nobody waits for the result any more.
process.on('disconnect', () => process.exit(1));
// These go to every process of a terminal or a job, but it is for the parent to decide what becomes of the trial.
for (const signal of stopSignals) process.on(signal, () => {});

process.once('message', async ({trial, data, backend}: TrialTask) => {
  try {
    await startBackend(backend);
    const images = await readCifar10(data, {limit: trial.limit ?? undefined});
    const {record, model} = await train(trial.config, images, {
      losses: {...standardLosses, ...variantLosses},
      finalAccuracy: isTested(trial),
      onEpoch: ({epoch, validationAccuracy}) => send({kind: 'epoch', epoch, validationAccuracy}),
    });
    model.dispose();
    send({kind: 'result', result: toTrialResult(record)});
  } catch (error) {
    send({kind: 'failure', problem: (error as Error).message});
  }
  process.disconnect();
});

function send(message: TrialMessage): void {
  process.send!(message);
}
