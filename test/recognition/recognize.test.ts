import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {recognizer, type ScoreName} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {at, heads, known, LABELS, modelWith, strangers} from './models.js';
import {best, type Problem, scoresOf} from './reference.js';

const examples = known.xs.map((x, i) => ({x, label: known.labels[i]!}));
const names: ScoreName[] = ['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'];
const queries = [...strangers, ...known.xs, [0, 0]];

describe('the scores', () => {
  const kinds = [
    ['marginDense', {}],
    ['normalized', {normalizeKernel: true}],
    ['biased', {bias: true}],
    ['dense', {bias: true}],
    ['softmax', {bias: true}],
  ] as const;

  it.each(kinds.flatMap(([head, options]) => names.map((score) => [score, head, options] as const)))(
    '%s of a head %s are what their definitions say',
    async (score, head, options) => {
      const r = recognizer(modelWith(heads[head]()), {labels: LABELS, score, k: 2});
      await r.calibrate({known}, {falseReject: 0});
      const answers = await r.recognize(queries);
      const problem: Problem = {score, ...options, k: 2, examples};
      for (const [i, x] of queries.entries()) {
        const expected = scoresOf(x, problem);
        const {nearest, score: actual, runnerUp} = answers[i]!;
        expect(actual).toBeCloseTo(best(expected).score, 4);
        expect(expected.get(nearest)).toBeCloseTo(best(expected).score, 4);
        if (score === 'energy') continue;
        expect(runnerUp!.score).toBeCloseTo(expected.get(runnerUp!.label)!, 4);
        expected.delete(nearest);
        expect(runnerUp!.score).toBeCloseTo(best(expected).score, 4);
      }
    },
  );

  it('the energy of a runner-up is that of all classes but the first', async () => {
    const r = recognizer(modelWith(), {labels: LABELS, score: 'energy'});
    await r.calibrate({known}, {falseReject: 0});
    const [{score, nearest, runnerUp}] = (await r.recognize([[1, 2]])) as [
      Awaited<ReturnType<typeof r.recognize>>[number],
    ];
    // The logits are 2, 2 and −3; of equals, the first goes first.
    expect([nearest, runnerUp!.label]).toEqual(['a', 'b']);
    expect(score).toBeCloseTo(Math.log(2 * Math.exp(2) + Math.exp(-3)), 5);
    expect(runnerUp!.score).toBeCloseTo(Math.log(Math.exp(2) + Math.exp(-3)), 5);
  });
});

describe('recognize', () => {
  it('says unknown exactly where the score is below the threshold', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    const {threshold} = await r.calibrate({known}, {falseReject: 0.3});
    const point = fc.double({min: -3, max: 3, noNaN: true, noDefaultInfinity: true});
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(point, point), {minLength: 1, maxLength: 8}), async (points) => {
        for (const answer of await r.recognize(points)) {
          expect(answer.threshold).toBe(threshold);
          expect(answer.label).toBe(answer.score >= threshold ? answer.nearest : null);
          expect(answer.score).toBeGreaterThanOrEqual(answer.runnerUp!.score);
        }
      }),
    );
  });

  it('accepts a score at the threshold', async () => {
    const r = recognizer(modelWith(), {labels: LABELS, score: 'logit'});
    await r.calibrate(
      {
        known: {
          xs: [
            [0.5, 0],
            [1, 0],
          ],
          labels: ['a', 'a'],
        },
      },
      {falseReject: 0},
    );
    const answers = await r.recognize([
      [0.5, 0],
      [0.499, 0],
    ]);
    expect(answers.map(({label}) => label)).toEqual(['a', null]);
  });

  it('takes tensors and arrays alike, whatever the size of the parts', async () => {
    const arrays = recognizer(modelWith(), {labels: LABELS, batchSize: 4});
    const tensors = recognizer(modelWith(), {labels: LABELS});
    const wholes = tf.tensor2d(known.xs);
    await arrays.calibrate({known}, {falseReject: 0.1});
    await tensors.calibrate({known: {xs: wholes, labels: known.labels}}, {falseReject: 0.1});
    expect(arrays.threshold).toBeCloseTo(tensors.threshold!, 6);
    const given = tf.tensor2d(strangers);
    const singles = strangers.map((x) => tf.tensor1d(x));
    const ofTensor = await tensors.recognize(given);
    for (const batch of [strangers, strangers.map((x) => Float32Array.from(x)), singles]) {
      const ofArray = await arrays.recognize(batch);
      expect(ofArray.map(({nearest}) => nearest)).toEqual(ofTensor.map(({nearest}) => nearest));
      ofArray.forEach(({score}, i) => {
        expect(score).toBeCloseTo(ofTensor[i]!.score, 6);
      });
    }
    expect(given.isDisposed || wholes.isDisposed || singles.some((single) => single.isDisposed)).toBe(false);
    tf.dispose([given, wholes, singles]);
  });

  it('has no runner-up where there is one class', async () => {
    const r = recognizer((xs: number[][]) => xs);
    await r.calibrate({known: {xs: [at(0), at(10)], labels: ['a', 'a']}}, {falseReject: 0});
    const [answer] = await r.recognize([at(5)]);
    expect(answer).toMatchObject({label: 'a', nearest: 'a', runnerUp: null});
  });

  it('knows cosines of features of any length', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0});
    for (const length of [1e-30, 1e-3, 1e30]) {
      const [answer] = await r.recognize([at(0, length)]);
      expect(answer!.score).toBeCloseTo(1, 6);
    }
  });
});
