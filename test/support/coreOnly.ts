/**
 * Run by coreOnly.test.ts in a process of its own, with tfjs-core, a backend and the losses, but without
 * tfjs-layers. Takes problems as JSON in its argument and prints what the losses give, and what became of an
 * op's own gradient.
 */

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type {LossSpec} from '../reference/losses.js';
import type {Sample} from './problems.js';
import {runLoss, toLoss} from './runLoss.js';

/** What the process is asked for. */
export type CoreOnlyRequest = readonly (Sample & {readonly spec: LossSpec})[];

const request = JSON.parse(process.argv[2]!) as CoreOnlyRequest;

function gradientOfSquare(): string {
  try {
    return tf.tidy(() => String(tf.grad((x) => tf.square(x))(tf.scalar(3))));
  } catch (error) {
    return (error as Error).message;
  }
}

const evaluations = [];
for (const {spec, problem, upstream} of request) {
  evaluations.push(await runLoss(toLoss(spec), problem, upstream));
}
console.log(JSON.stringify({gradientOfSquare: gradientOfSquare(), evaluations}));
