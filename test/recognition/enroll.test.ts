import * as tf from '@tensorflow/tfjs-core';
import {recognizer, type ScoreName} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {scaleBetween, scoreFrom} from '../../src/recognition/scale.js';
import {at, heads, known, LABELS, modelWith, strangers} from './models.js';
import {cosine} from './reference.js';

describe('enroll', () => {
  it.each<ScoreName>(['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'])(
    'adds a class that answers together with those of the head: %s',
    async (score) => {
      const r = recognizer(modelWith(), {labels: LABELS, score, k: 2});
      await r.calibrate({known}, {falseReject: 0.12});
      expect(await r.enroll('d', [at(308), at(312)])).toEqual({
        label: 'd',
        examples: 2,
        threshold: r.threshold,
        calibration: 'holds',
      });
      expect(r.labels).toEqual([...LABELS, 'd']);
      const answers = await r.recognize([at(310), at(2, 2), at(91, 2), at(226, 2)]);
      expect(answers.map(({label}) => label)).toEqual(['d', ...LABELS]);
    },
  );

  it('does not care whether it comes before calibration or after it', async () => {
    const [before, after] = [
      recognizer(modelWith(), {labels: LABELS}),
      recognizer(modelWith(), {labels: LABELS}),
    ];
    expect((await before.enroll('d', [at(310)])).calibration).toBe('none');
    await before.calibrate({known}, {falseReject: 0.1});
    await after.calibrate({known}, {falseReject: 0.1});
    await after.enroll('d', [at(310)]);
    const queries = [...strangers, ...known.xs];
    expect(await before.recognize(queries)).toEqual(await after.recognize(queries));
  });

  it('takes the mean direction, whatever the lengths, and adds to it', async () => {
    const r = recognizer((xs: number[][]) => xs);
    await r.enroll('a', [at(0, 100)]);
    expect(await r.enroll('a', [at(60, 0.01)])).toMatchObject({examples: 2, threshold: null});
    await r.calibrate({unknown: [at(180)]}, {falseAccept: 0});
    expect((await r.recognize([at(30)]))[0]!.score).toBeCloseTo(1, 6);
    expect(await r.enroll('a', [at(30)])).toMatchObject({examples: 3, calibration: 'outdated'});
  });

  it('says when the share of strangers let in may be more than asked for', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known, unknown: strangers}, {falseAccept: 0.2});
    expect((await r.enroll('d', [at(310)])).calibration).toBe('outdated');
    const accepted = (await r.recognize(strangers)).filter(({label}) => label !== null);
    expect(accepted.length / strangers.length).toBeGreaterThan(0.2);
  });

  it('under falseReject, takes no known example below the threshold', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0.2});
    const before = await r.recognize(known.xs);
    await r.enroll('d', [at(30)]);
    (await r.recognize(known.xs)).forEach(({score}, i) => {
      expect(score).toBeGreaterThanOrEqual(before[i]!.score);
    });
  });

  it('is undone by forget', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0.1});
    const before = await r.recognize(strangers);
    await r.enroll('d', [at(310)]);
    await r.enroll('e', [at(45)]);
    expect((await r.recognize([at(46)]))[0]!.label).toBe('e');
    r.forget('d');
    expect((await r.recognize([at(46)]))[0]!.label).toBe('e');
    r.forget('e');
    expect(await r.recognize(strangers)).toEqual(before);
    expect(r.labels).toEqual(LABELS);
  });

  it('says when a class that is there already has moved', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0.1});
    expect((await r.enroll('d', [at(310)])).calibration).toBe('holds');
    expect((await r.enroll('d', [at(320)])).calibration).toBe('outdated');
  });

  it('refuses to join classes of a model that has been trained further', async () => {
    const head = heads.marginDense();
    const r = recognizer(modelWith(head), {labels: LABELS});
    const train = () => tf.tidy(() => head.setWeights([tf.add(head.getWeights()[0]!, 0.01)]));
    await r.enroll('c1', [at(310)]);
    train();
    await expect(r.enroll('c2', [at(310)])).rejects.toThrow('no longer those that enrolment saw');
    await r.calibrate({known}, {falseReject: 0.1});
    await r.enroll('c2', [at(310)]);
    train();
    const before = JSON.stringify(r);
    await expect(r.enroll('d', [at(310)])).rejects.toThrow(
      "enroll: the weights of the model's last layer are no longer those that calibration saw; make a new recognizer, or " +
        'forget the enrolled classes, calibrate again and enroll them again',
    );
    expect(JSON.stringify(r)).toBe(before);
    for (const label of ['c1', 'c2']) r.forget(label);
    await r.calibrate({known}, {falseReject: 0.1});
    expect(await r.enroll('d', [at(310)])).toMatchObject({calibration: 'holds'});
  });

  it('under knn, averages over as many examples as the class has', async () => {
    const r = recognizer((xs: number[][]) => xs, {score: 'knn', k: 3});
    await r.enroll('a', [at(0), at(10)]);
    await r.enroll('b', [at(90), at(95), at(100), at(180)]);
    await r.calibrate({unknown: [at(270)]}, {falseAccept: 0});
    const [answer] = await r.recognize([at(0)]);
    expect(answer!.score).toBeCloseTo((1 + cosine(at(0), at(10))) / 2, 6);
    const nearest = [90, 95, 100].map((angle) => cosine(at(0), at(angle)));
    expect(answer!.runnerUp!.score).toBeCloseTo((nearest[0]! + nearest[1]! + nearest[2]!) / 3, 6);
  });
});

describe('the scale', () => {
  it('takes 5 % quantile and median of the cosines to those of the scores', () => {
    const cosines = Float64Array.from({length: 101}, (_, i) => 0.5 + i / 250);
    const scores = Float64Array.from({length: 101}, (_, i) => (i < 50 ? i : 2 * i));
    const {slope, offset} = scaleBetween(1, cosines, scores)!;
    expect(offset + slope * cosines[5]!).toBeCloseTo(5, 9);
    expect(offset + slope * cosines[50]!).toBeCloseTo(100, 9);
  });

  it('is that of known examples with classes as small', async () => {
    const pairs = {
      xs: [at(0), at(20), at(90), at(100), at(215), at(245)],
      labels: ['a', 'a', 'b', 'b', 'c', 'c'],
    };
    const r = recognizer(modelWith(), {labels: LABELS, score: 'logit'});
    await r.calibrate({known: pairs}, {falseReject: 0});
    await r.enroll('d', [at(310)]);
    const logits = (await r.recognize(pairs.xs)).map(({score}) => score).sort((p, q) => p - q);
    // Cosines with the one other example are of 10°, 20° and 30°; of six logits, the least is the 5 % quantile.
    const [low, middle] = [30, 20].map((angle) => cosine(at(0), at(angle))) as [number, number];
    const slope = (logits[2]! - logits[0]!) / (middle - low);
    const [answer] = await r.recognize([at(310, 0.001)]);
    expect(answer!.nearest).toBe('d');
    expect(answer!.score).toBeCloseTo(logits[2]! + slope * (1 - middle), 4);
  });

  it('of sizes in between is in between, over 1 / examples', () => {
    const scales = [
      {examples: 2, slope: 1, offset: 0},
      {examples: 5, slope: 2, offset: 1},
    ];
    expect(scoreFrom([], 3, 0.5)).toBe(0.5);
    expect([1, 2, 5, 9].map((examples) => scoreFrom(scales, examples, 0.5))).toEqual([0.5, 0.5, 2, 2]);
    const part = (1 / 2 - 1 / 3) / (1 / 2 - 1 / 5);
    expect(scoreFrom(scales, 3, 0.5)).toBeCloseTo(0.5 + part * 1.5, 12);
  });

  it.each([
    ['no examples', [], []],
    ['one example', [0.5], [1]],
    ['cosines that are all the same', [0.5, 0.5, 0.5], [1, 2, 3]],
    ['scores that are all the same', [0.1, 0.2, 0.3], [1, 1, 1]],
  ])('is none where there are %s', (_, cosines, scores) => {
    expect(scaleBetween(1, Float64Array.from(cosines), Float64Array.from(scores))).toBeNull();
  });
});
