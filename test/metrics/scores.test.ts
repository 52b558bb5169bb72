/** Metrics of two sides of scores: hand-computed, by brute force, by properties, and by another library. */

import fc from 'fast-check';
import {wilcoxonRankSum} from 'simple-statistics';
import {auroc, equalErrorRate, fprAtTpr, oscr, rocCurve, tprAtFpr} from 'tfjs-losses/metrics';
import {describe, expect, it} from 'vitest';
import * as brute from './brute.js';

/** Few different scores, so that there are ties. */
const tied = fc.array(fc.integer({min: -4, max: 4}), {minLength: 1, maxLength: 30});
const distinct = fc
  .uniqueArray(fc.double({noNaN: true, min: -1e6, max: 1e6}), {minLength: 2, maxLength: 40})
  .chain((all) =>
    fc.integer({min: 1, max: all.length - 1}).map((cut) => [all.slice(0, cut), all.slice(cut)] as const),
  );
const rate = fc.oneof(
  fc.double({min: 0, max: 1, noNaN: true}),
  fc.integer({min: 0, max: 20}).map((n) => n / 20),
);

describe('auroc', () => {
  it.each([
    ['apart', [3, 4], [1, 2], 1],
    ['the wrong way round', [1, 2], [3, 4], 0],
    ['all the same', [5, 5], [5, 5, 5], 0.5],
    ['one of four pairs wrong', [0.9, 0.4], [0.5, 0.1], 0.75],
    ['a tie counts half', [2, 1], [1], 0.75],
    ['minus zero is zero', [0], [-0], 0.5],
    ['infinite scores', [Infinity, 1], [-Infinity], 1],
  ])('%s', (_, positives, negatives, expected) => {
    expect(auroc(positives, negatives)).toBe(expected);
  });

  it('is what every pair says', () => {
    fc.assert(
      fc.property(tied, tied, (positives, negatives) => {
        expect(auroc(positives, negatives)).toBeCloseTo(brute.auroc(positives, negatives), 12);
      }),
    );
  });

  it('is what the rank sum of simple-statistics says', () => {
    // Only without ties: 7.8.8 does not part two groups of ties that follow one another.
    fc.assert(
      fc.property(distinct, ([positives, negatives]) => {
        const [p, n] = [positives.length, negatives.length];
        const statistic = wilcoxonRankSum([...positives], [...negatives]) - (p * (p + 1)) / 2;
        expect(auroc(positives, negatives)).toBeCloseTo(statistic / (p * n), 12);
      }),
    );
  });

  it('of the sides exchanged is 1 − AUROC', () => {
    fc.assert(
      fc.property(tied, tied, (positives, negatives) => {
        expect(auroc(negatives, positives)).toBeCloseTo(1 - auroc(positives, negatives), 12);
      }),
    );
  });
});

it('monotone transforms change nothing', () => {
  const transform = (scores: readonly number[]) => scores.map((score) => Math.exp(score) - 7);
  fc.assert(
    fc.property(tied, tied, rate, (positives, negatives, at) => {
      const [p, n] = [transform(positives), transform(negatives)];
      expect(auroc(p, n)).toBe(auroc(positives, negatives));
      expect(fprAtTpr(p, n, at)).toBe(fprAtTpr(positives, negatives, at));
      expect(tprAtFpr(p, n, at)).toBe(tprAtFpr(positives, negatives, at));
      expect(equalErrorRate(p, n)).toBe(equalErrorRate(positives, negatives));
      expect(rocCurve(p, n).tpr).toEqual(rocCurve(positives, negatives).tpr);
    }),
  );
});

describe('fprAtTpr and tprAtFpr', () => {
  it('are the best that any threshold can do', () => {
    fc.assert(
      fc.property(tied, tied, rate, (positives, negatives, at) => {
        expect(fprAtTpr(positives, negatives, at)).toBe(brute.fprAtTpr(positives, negatives, at));
        expect(tprAtFpr(positives, negatives, at)).toBe(brute.tprAtFpr(positives, negatives, at));
      }),
    );
  });

  it('take a share for what it is, whatever its product with the number of scores rounds to', () => {
    const hundred = Array.from({length: 100}, (_, i) => i);
    for (const i of hundred) {
      // 0.07 · 100 is 7.000000000000001, 0.29 · 100 is 28.999999999999996.
      expect(fprAtTpr(hundred, hundred, i / 100)).toBe(i / 100);
      expect(tprAtFpr(hundred, hundred, i / 100)).toBe(i / 100);
    }
  });

  it('asks for 95 % unless told otherwise', () => {
    const positives = Array.from({length: 20}, (_, i) => i + 1);
    expect(fprAtTpr(positives, [0, 1, 2, 3])).toBe(0.5);
  });

  it('accepts a score at the threshold', () => {
    expect(fprAtTpr([1], [1], 1)).toBe(1);
    expect(tprAtFpr([1], [1], 0)).toBe(0);
  });
});

describe('rocCurve', () => {
  it('has a point for each score, from none accepted to all', () => {
    const {thresholds, tpr, fpr} = rocCurve([3, 2, 2], [2, 1]);
    expect([...thresholds]).toEqual([Infinity, 3, 2, 1]);
    expect([...tpr]).toEqual([0, 1 / 3, 1, 1]);
    expect([...fpr]).toEqual([0, 0, 0.5, 1]);
  });

  it('has the area AUROC', () => {
    fc.assert(
      fc.property(tied, tied, (positives, negatives) => {
        const {tpr, fpr} = rocCurve(positives, negatives);
        const area = tpr
          .slice(1)
          .reduce((sum, y, i) => sum + ((fpr[i + 1]! - fpr[i]!) * (y + tpr[i]!)) / 2, 0);
        expect(area).toBeCloseTo(auroc(positives, negatives), 12);
      }),
    );
  });
});

describe('equalErrorRate', () => {
  it.each([
    ['perfect', [2, 3], [0, 1], 0],
    ['always wrong', [0, 1], [2, 3], 1],
    ['chance', [1, 1], [1, 1], 0.5],
    ['at a point of the curve', [4, 3, 2, 0], [5, 1, 0.5, 0.4], 0.25],
    ['between two points', [2, 1], [1], 1 / 3],
  ])('%s', (_, positives, negatives, expected) => {
    expect(equalErrorRate(positives, negatives)).toBeCloseTo(expected, 12);
  });

  it('is the same for the sides exchanged and their order turned', () => {
    const turned = (scores: readonly number[]) => scores.map((score) => -score);
    fc.assert(
      fc.property(tied, tied, (positives, negatives) => {
        expect(equalErrorRate(turned(negatives), turned(positives))).toBeCloseTo(
          equalErrorRate(positives, negatives),
          12,
        );
      }),
    );
  });
});

describe('oscr', () => {
  const judged = fc.array(fc.tuple(fc.integer({min: -4, max: 4}), fc.boolean()), {
    minLength: 1,
    maxLength: 30,
  });

  it('is the area under the curve', () => {
    fc.assert(
      fc.property(judged, tied, (known, unknown) => {
        const [scores, correct] = [known.map(([score]) => score), known.map(([, right]) => right)];
        expect(oscr(scores, correct, unknown)).toBeCloseTo(brute.oscr(scores, correct, unknown), 12);
      }),
    );
  });

  it('is AUROC where all are right, 0 where none is, and takes 1 and 0 for right and wrong', () => {
    expect(oscr([3, 1], [true, true], [2])).toBe(auroc([3, 1], [2]));
    expect(oscr([3, 1], [false, false], [2])).toBe(0);
    expect(oscr([3, 1], Uint8Array.of(1, 0), [2])).toBe(0.5);
  });
});

it('ten million scores a side take seconds', () => {
  const scores = (shift: number) => {
    let state = 1 + shift;
    return Float32Array.from({length: 1e7}, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return shift + state / 2 ** 32;
    });
  };
  const [positives, negatives] = [scores(0.5), scores(0)];
  const start = process.cpuUsage();
  expect(auroc(positives, negatives)).toBeCloseTo(0.875, 2);
  // Time of the processor, which does not count what else the machine does; in microseconds.
  expect(process.cpuUsage(start).user).toBeLessThan(10e6);
  expect(fprAtTpr(positives, negatives)).toBeCloseTo(0.45, 2);
});
