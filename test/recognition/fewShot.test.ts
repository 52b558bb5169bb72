/** Classes of few examples beside those of many: as many of their examples are accepted. */

import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {recognizer, type ScoreName} from 'tfjs-losses/recognition';
import {expect, it} from 'vitest';
import {marginDense} from '../../src/index.js';

const WIDTH = 32;
const KNOWN = 8;
const NEW = 30;
const names = Array.from({length: KNOWN}, (_, i) => `known ${i}`);

/** Clusters around random directions. */
function clusters() {
  const noise = tf.randomNormal([KNOWN + NEW, WIDTH], 0, 1, 'float32', 7);
  const centres = noise.arraySync() as number[][];
  noise.dispose();
  const draw = (place: number, count: number, seed: number): number[][] => {
    const noise = tf.randomNormal([count, WIDTH], 0, 0.7, 'float32', seed * 1000 + place);
    const rows = noise.arraySync() as number[][];
    noise.dispose();
    return rows.map((row) => row.map((value, i) => value + centres[place]![i]!));
  };
  return {centres, draw};
}

function modelWith(centres: readonly number[][]): LayersModel {
  const head = marginDense({units: KNOWN, inputShape: [WIDTH]});
  const model = sequential({layers: [head]});
  tf.tidy(() => head.setWeights([tf.transpose(tf.tensor2d(centres.slice(0, KNOWN)))]));
  return model;
}

/** The share of fresh examples of enrolled classes, each of so many examples, that are accepted. */
async function acceptedShare(score: ScoreName, shots: number, falseReject: number) {
  const {centres, draw} = clusters();
  const r = recognizer(modelWith(centres), {labels: names, score});
  const xs = names.flatMap((_, i) => draw(i, 100, 1));
  const labels = names.flatMap((name) => Array<string>(100).fill(name));
  await r.calibrate({known: {xs, labels}}, {falseReject});
  let accepted = 0;
  const fresh = 40;
  for (let i = 0; i < NEW; i++) {
    await r.enroll('new', draw(KNOWN + i, shots, 2));
    const answers = await r.recognize(draw(KNOWN + i, fresh, 3));
    accepted += answers.filter(({label}) => label !== null).length;
    r.forget('new');
  }
  return accepted / (NEW * fresh);
}

it.each([
  ...(['prototype', 'knn', 'cosine', 'logit'] as const).flatMap((score) =>
    [1, 3, 5, 50].map((shots) => [score, shots, 0.05] as const),
  ),
  ['prototype', 5, 0.2] as const,
  ['knn', 5, 0.2] as const,
])('%s: accepts as many of a class of %i as of the known, but for %d', async (score, shots, falseReject) => {
  const share = await acceptedShare(score, shots, falseReject);
  expect(Math.abs(share - (1 - falseReject)), `${score} ${shots} accepted ${share}`).toBeLessThan(0.05);
});
