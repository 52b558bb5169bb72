import fc from 'fast-check';
import {auroc, fprAtTpr, oscr} from 'tfjs-losses/metrics';
import {recognizer, type ScoreName} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {thresholdFor} from '../../src/recognition/calibration.js';
import {at, known, LABELS, modelWith, strangers} from './models.js';
import {best, bestWithoutItself, scoresOf} from './reference.js';

const examples = known.xs.map((x, i) => ({x, label: known.labels[i]!}));
const names: ScoreName[] = ['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'];

describe('the threshold', () => {
  const scores = fc
    .array(fc.integer({min: -5, max: 5}), {minLength: 1, maxLength: 40})
    .map((list) => Float64Array.from(list).sort());
  const share = fc.double({min: 0, max: 0.999, noNaN: true});
  const rate = (list: Float64Array, accepts: (score: number) => boolean) =>
    list.filter(accepts).length / list.length;

  it('is the largest that refuses no more of the known than asked', () => {
    fc.assert(
      fc.property(scores, scores, share, (positives, negatives, falseReject) => {
        const threshold = thresholdFor({falseReject}, positives, negatives);
        expect(rate(positives, (score) => score < threshold)).toBeLessThanOrEqual(falseReject);
        const more = positives.filter((score) => score > threshold);
        if (more.length > 0) {
          expect(rate(positives, (score) => score < more[0]!)).toBeGreaterThan(falseReject);
        }
      }),
    );
  });

  it('lets no more strangers in than asked, and refuses no known for nothing', () => {
    fc.assert(
      fc.property(scores, scores, share, (positives, negatives, falseAccept) => {
        const threshold = thresholdFor({falseAccept}, positives, negatives);
        expect(rate(negatives, (score) => score >= threshold)).toBeLessThanOrEqual(falseAccept);
        const less = [...positives, ...negatives].filter((score) => score < threshold);
        if (less.length > 0) {
          expect(rate(negatives, (score) => score >= Math.max(...less))).toBeGreaterThan(falseAccept);
        }
      }),
    );
  });

  it('lies in the middle of the gap above the last stranger refused', () => {
    expect(thresholdFor({falseAccept: 0}, Float64Array.of(2, 5), Float64Array.of(1, 3))).toBe(4);
    expect(thresholdFor({falseAccept: 0.5}, Float64Array.of(2, 5), Float64Array.of(1, 3))).toBe(1.5);
    const above = thresholdFor({falseAccept: 0}, Float64Array.of(2), Float64Array.of(3));
    expect(above).toBeGreaterThan(3);
    expect(above).toBeLessThan(3.001);
  });
});

describe('calibrate', () => {
  it('refuses the share of the known that was asked for, and says so', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    expect(r.threshold).toBeNull();
    const found = await r.calibrate({known, unknown: strangers}, {falseReject: 2 / 9});
    expect(found.falseReject).toBeCloseTo(2 / 9, 12);
    expect(r.threshold).toBe(found.threshold);
    const refused = (await r.recognize(known.xs)).filter(({label}) => label === null);
    expect(refused).toHaveLength(2);
    const accepted = (await r.recognize(strangers)).filter(({label}) => label !== null);
    expect(found.falseAccept).toBe(accepted.length / strangers.length);
  });

  it('lets in the share of strangers that was asked for', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    const found = await r.calibrate({known, unknown: strangers}, {falseAccept: 0.5});
    expect(found.falseAccept).toBe(0.5);
    expect((await r.recognize(strangers)).filter(({label}) => label !== null)).toHaveLength(3);
  });

  it.each(['prototype', 'knn'] as const)(
    'compares an example with its class without itself: %s',
    async (score) => {
      const r = recognizer(modelWith(), {labels: LABELS, score, k: 2});
      const {threshold} = await r.calibrate({known}, {falseReject: 0});
      const expected = examples.map((_, i) => bestWithoutItself(i, {score, k: 2, examples}).score);
      expect(threshold).toBeCloseTo(Math.min(...expected), 5);
      const withItself = examples.map(({x}) => best(scoresOf(x, {score, k: 2, examples})).score);
      expect(threshold).toBeLessThan(Math.min(...withItself) - 1e-3);
    },
  );

  it('learns classes from embeddings where there is no head', async () => {
    const r = recognizer((xs: number[][]) => xs, {score: 'knn', k: 1});
    await r.calibrate({known}, {falseReject: 0});
    expect(r.labels).toEqual(LABELS);
    const answers = await r.recognize([at(2), at(88), at(230)]);
    expect(answers.map(({label}) => label)).toEqual(LABELS);
  });

  it('takes known examples of enrolled classes, which it leaves as they are', async () => {
    const r = recognizer((xs: number[][]) => xs);
    await r.enroll('a', [at(0)]);
    await r.enroll('b', [at(90)]);
    const found = await r.calibrate({known: {xs: [at(20), at(80)], labels: ['a', 'b']}}, {falseReject: 0});
    expect(found.threshold).toBeCloseTo(Math.cos((20 * Math.PI) / 180), 6);
    expect(r.labels).toEqual(['a', 'b']);
    expect((await r.recognize([at(0)]))[0]!.score).toBeCloseTo(1, 6);
  });

  it('needs strangers alone where all classes are enrolled', async () => {
    const r = recognizer((xs: number[][]) => xs);
    await r.enroll('a', [at(0)]);
    const found = await r.calibrate({unknown: [at(40), at(60)]}, {falseAccept: 0.5});
    expect(found).toEqual({
      threshold: expect.closeTo((Math.cos((40 * Math.PI) / 180) + Math.cos((60 * Math.PI) / 180)) / 2, 6),
      falseReject: null,
      falseAccept: 0.5,
    });
  });

  it.each(['prototype', 'knn'] as const)(
    'keeps the learned classes where none is given: %s',
    async (score) => {
      const r = recognizer((xs: number[][]) => xs, {score});
      await r.calibrate({known}, {falseReject: 0});
      const [before] = await r.recognize([at(2)]);
      await r.calibrate({unknown: strangers}, {falseAccept: 0});
      await r.enroll('d', [at(310)]);
      expect(await r.calibrate({unknown: strangers}, {falseAccept: 0})).toMatchObject({falseAccept: 0});
      await r.calibrate({known: {xs: [at(311)], labels: ['d']}}, {falseReject: 0});
      expect(r.labels).toEqual([...LABELS, 'd']);
      expect((await r.recognize([at(2)]))[0]).toMatchObject({nearest: 'a', score: before!.score});
    },
  );

  it('leaves everything as it was when it fails', async () => {
    const r = recognizer(modelWith(), {labels: LABELS, score: 'prototype'});
    await r.calibrate({known}, {falseReject: 0});
    const before = JSON.stringify(r);
    const nan = {xs: [...known.xs.slice(1), [Number.NaN, 0]], labels: known.labels};
    await expect(r.calibrate({known: nan}, {falseReject: 0.5})).rejects.toThrow('example 8');
    expect(JSON.stringify(r)).toBe(before);
  });
});

describe('compare', () => {
  it('gives the metrics of each score, and names the best', async () => {
    const r = recognizer(modelWith(), {labels: LABELS, k: 2});
    const {best: winner, scores} = await r.compare({known, unknown: strangers});
    expect(Object.keys(scores)).toEqual(names);
    for (const score of names) {
      const problem = {score, k: 2, examples};
      const ofKnown = examples.map(({x}, i) =>
        score === 'prototype' || score === 'knn' ? bestWithoutItself(i, problem) : best(scoresOf(x, problem)),
      );
      const [positives, negatives] = [
        ofKnown.map((each) => each.score),
        strangers.map((x) => best(scoresOf(x, problem)).score),
      ];
      const correct = ofKnown.map(({label}, i) => label === known.labels[i]);
      expect(scores[score]).toEqual({
        auroc: expect.closeTo(auroc(positives, negatives), 6),
        fpr95: expect.closeTo(fprAtTpr(positives, negatives), 6),
        oscr: expect.closeTo(oscr(positives, correct, negatives), 6),
      });
      expect(scores[winner]!.auroc).toBeGreaterThanOrEqual(scores[score]!.auroc);
    }
  });

  it('leaves the recognizer as it is, and tries two scores where there is no head', async () => {
    const r = recognizer((xs: number[][]) => xs);
    await r.calibrate({known}, {falseReject: 0});
    await r.enroll('stranger', [at(45)]);
    const before = JSON.stringify(r);
    const {scores} = await r.compare({known, unknown: strangers});
    expect(Object.keys(scores)).toEqual(['prototype', 'knn']);
    const ofModel = await recognizer(modelWith(), {labels: LABELS}).compare({known, unknown: strangers});
    expect(scores.prototype).toEqual(ofModel.scores.prototype);
    const enrolled = recognizer((xs: number[][]) => xs);
    for (const label of LABELS) await enrolled.enroll(label, [at(170)]);
    expect((await enrolled.compare({known, unknown: strangers})).scores).toEqual(scores);
    expect(JSON.stringify(r)).toBe(before);
  });
});
