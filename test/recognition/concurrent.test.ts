/** Calls that overlap, with a source of features that takes its time. */

import {recognizer} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {at, known, LABELS, modelWith, strangers} from './models.js';

/** A source that answers one call at a time, each when told to. */
function slow() {
  const waiting: (() => void)[] = [];
  const source = async (xs: number[][]) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return xs;
  };
  /** Answers the call with this number among those that wait. */
  const answer = async (place = 0) => {
    while (waiting.length <= place) await new Promise((resolve) => setTimeout(resolve));
    waiting.splice(place, 1)[0]!();
  };
  return {source, answer};
}

async function calibrated(score: 'prototype' | 'knn') {
  const {source, answer} = slow();
  const r = recognizer(source, {score});
  const calls = [r.enroll('a', [at(0)]), r.enroll('b', [at(90)])];
  await answer();
  await answer();
  await Promise.all(calls);
  const calibration = r.calibrate({unknown: strangers}, {falseAccept: 0.5});
  await answer();
  await calibration;
  return {r, answer};
}

describe.each(['prototype', 'knn'] as const)(
  '%s: the classes are those at the start of the call',
  (score) => {
    it('though one is forgotten', async () => {
      const {r, answer} = await calibrated(score);
      const answers = r.recognize([at(1), at(89)]);
      r.forget('a');
      await answer();
      expect((await answers).map(({nearest}) => nearest)).toEqual(['a', 'b']);
      const later = r.recognize([at(1)]);
      await answer();
      expect((await later)[0]).toMatchObject({nearest: 'b', runnerUp: null});
    });

    it('though all are forgotten', async () => {
      const {r, answer} = await calibrated(score);
      const answers = r.recognize([at(1)]);
      r.forget('a');
      r.forget('b');
      await answer();
      expect((await answers)[0]).toMatchObject({nearest: 'a', runnerUp: {label: 'b'}});
      await expect(r.recognize([at(1)])).rejects.toThrow('there is no class left');
    });

    it('though one is enrolled', async () => {
      const {r, answer} = await calibrated(score);
      const answers = r.recognize([at(45)]);
      const enrolment = r.enroll('c', [at(45)]);
      await answer(1);
      expect(await enrolment).toMatchObject({label: 'c', examples: 1});
      await answer();
      expect(['a', 'b']).toContain((await answers)[0]!.nearest);
      const later = r.recognize([at(45)]);
      await answer();
      expect((await later)[0]!.nearest).toBe('c');
    });

    it('though one is replaced, after the features are there', async () => {
      const r = recognizer((xs: number[][]) => xs, {score, batchSize: 1});
      await r.enroll('a', [at(0)]);
      await r.enroll('b', [at(90)]);
      await r.calibrate({unknown: strangers}, {falseAccept: 0.5});
      const answers = r.recognize(Array.from({length: 20}, () => at(1)));
      for (let i = 0; i < 300; i++) {
        await null;
        if (r.labels.includes('a')) r.forget('a');
        else void r.enroll('a', [at(90)]);
      }
      expect((await answers).every(({nearest}) => nearest === 'a')).toBe(true);
    });
  },
);

describe('enrolling', () => {
  it('loses no example of two calls for one class', async () => {
    const {r, answer} = await calibrated('prototype');
    const calls = [r.enroll('c', [at(180)]), r.enroll('c', [at(190), at(170)])];
    await answer(1);
    await answer();
    expect((await Promise.all(calls)).map(({examples}) => examples).sort()).toEqual([2, 3]);
  });

  it('refuses features of another width than those that came first', async () => {
    const {source, answer} = slow();
    const r = recognizer(source);
    const calls = [r.enroll('a', [at(0)]), r.enroll('b', [[1, 2, 3]])];
    await answer();
    await answer();
    const [first, second] = await Promise.allSettled(calls);
    expect(first!.status).toBe('fulfilled');
    expect(second).toMatchObject({
      reason: {message: expect.stringContaining('of 2 features an example, got 3')},
    });
    expect(r.labels).toEqual(['a']);
  });

  it('and calibrating do not make two classes of one name', async () => {
    const {source, answer} = slow();
    const r = recognizer(source);
    const [calibration, enrolment] = [r.calibrate({known}, {falseReject: 0}), r.enroll('a', [at(0)])];
    await answer(1);
    await enrolment;
    await answer();
    await expect(calibration).rejects.toThrow("calibrate: 'a' is a class already, enrolled during this call");
    const [again, late] = [
      r.calibrate({known: {xs: [at(1)], labels: ['a']}}, {falseReject: 0}),
      r.enroll('b', [at(9)]),
    ];
    r.forget('a');
    await answer();
    await answer();
    await Promise.all([again, late]);
    expect(r.labels).toEqual(['b']);
  });

  it('and calibrating need a scale, whichever comes first', async () => {
    const r = recognizer(modelWith(), {labels: LABELS});
    const few = {xs: [at(0), at(90)], labels: ['a', 'b']};
    const calls = [r.calibrate({known: few}, {falseReject: 0}), r.enroll('d', [at(310)])];
    const [calibration, enrolment] = await Promise.allSettled(calls);
    expect([calibration!.status, enrolment!.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});
