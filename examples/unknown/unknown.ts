import * as tf from '@tensorflow/tfjs';
import {type Answer, type Comparison, recognizer} from 'tfjs-losses/recognition';
import {type Examples, KNOWN, only, STRANGERS, splitStages} from './data.js';
import {buildNetwork, loss} from './network.js';

export interface UnknownOptions {
  /** Part of every digit that trains, from 0 to 1. */
  readonly train: number;
  /** How many examples of a digit make a class. */
  readonly shots: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** The share of known digits to refuse. */
  readonly falseReject: number;
  readonly seed: number;
}

/** Digits and what the recognizer said of them. */
export interface Meeting {
  readonly labels: readonly string[];
  readonly answers: readonly Answer[];
}

export interface Outcome {
  readonly threshold: number;
  /** All ten digits, four of them strangers. */
  readonly before: Meeting;
  /** The same digits, after the four were enrolled. */
  readonly after: Meeting;
  /** How well each score tells the six from the four. */
  readonly comparison: Comparison;
}

/** Trains on six digits, meets all ten, enrols the other four, and meets all ten again. */
export async function meetStrangers(
  options: UnknownOptions,
  announce: (what: string) => void,
): Promise<Outcome> {
  const {train, calibrate, enroll, test} = splitStages(options);
  announce(`Training on ${train.xs.length} images of ${KNOWN.join(', ')}`);
  const network = await trained(train, options);

  const r = recognizer(network, {labels: KNOWN.map(String), score: 'prototype'});
  const {threshold} = await r.calibrate({known: calibrate}, {falseReject: options.falseReject});
  announce(`Meeting ${test.xs.length} images of all ten digits`);
  const before = {labels: test.labels, answers: await r.recognize(test.xs)};

  const isKnown = ({labels}: Examples, i: number) => KNOWN.includes(Number(labels[i]));
  const comparison = await r.compare({
    known: {
      xs: test.xs.filter((_, i) => isKnown(test, i)),
      labels: test.labels.filter((_, i) => isKnown(test, i)),
    },
    unknown: test.xs.filter((_, i) => !isKnown(test, i)),
  });

  for (const digit of STRANGERS) await r.enroll(String(digit), only(enroll, String(digit)));
  announce(`Enrolled ${STRANGERS.join(', ')} by ${options.shots} images each, and meeting all again`);
  const after = {labels: test.labels, answers: await r.recognize(test.xs)};
  network.optimizer.dispose();
  network.dispose();
  return {threshold, before, after, comparison};
}

async function trained(
  {xs, labels}: Examples,
  {epochs, batchSize, learningRate, seed}: UnknownOptions,
): Promise<tf.Sequential> {
  const network = buildNetwork(KNOWN.length, seed);
  network.compile({optimizer: tf.train.adam(learningRate), loss});
  const images = tf.tidy(() => tf.stack(xs.map((x) => tf.tensor1d(x))));
  const oneHot = tf.tidy(() =>
    tf.oneHot(
      labels.map((label) => KNOWN.indexOf(Number(label))),
      KNOWN.length,
    ),
  );
  // `fit` would shuffle by Math.random; the digits already come in a seeded random order.
  await network.fit(images, oneHot, {epochs, batchSize, shuffle: false, verbose: 0});
  tf.dispose([images, oneHot]);
  return network;
}
