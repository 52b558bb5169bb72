/** A process of its own for one trial: it trains what its parent sends it, and sends back epochs and the result. */

import {startBackend} from '../backend.js';
import {readCifar10} from '../data/cifar10.js';
import {stopSignals} from '../interrupt.js';
import {standardLosses} from '../lossExpression.js';
import {train} from '../trainer.js';
import {variantLosses} from './marginVariants.js';
import {isTested} from './trial.js';
import type {TrialMessage, TrialTask} from './trialMessages.js';
import {toTrialResult} from './trialRecord.js';

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
