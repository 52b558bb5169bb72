/** Metrics of embeddings, and of answers. */

import fc from 'fast-check';
import {ConfusionMatrix} from 'ml-confusion-matrix';
import {classAngles, confusionMatrix, expectedCalibrationError, recallAtK} from 'tfjs-losses/metrics';
import {describe, expect, it} from 'vitest';

const at = (degrees: number, length = 1) => [
  length * Math.cos((degrees * Math.PI) / 180),
  length * Math.sin((degrees * Math.PI) / 180),
];
const degrees = (radians: number) => (radians * 180) / Math.PI;

describe('recallAtK', () => {
  const circle = [0, 10, 15, 40, 200].map((angle, i) => at(angle, i + 1));

  it.each([
    [1, 2 / 4],
    [2, 3 / 4],
    [3, 1],
  ])('counts those with one of their class among the k nearest: k = %i', (k, expected) => {
    // 0°: nearest 10° (a). 10°: nearest 15° (b), then 0°. 15°: 10° and 0°, both a, then 40° (b). 40°: 15°. 200° is alone.
    expect(recallAtK(circle, ['a', 'a', 'b', 'b', 'c'], k)).toBe(expected);
  });

  it('gives embeddings that are all the same no credit', () => {
    const same = Array.from({length: 4}, () => [1, 2]);
    expect(recallAtK(same, [0, 0, 1, 1])).toBe(0);
  });

  it('gives equal directions no credit, whatever they round to', () => {
    for (let i = 1; i <= 200; i++) {
      const vector = [1, Math.sqrt(i), i / 7];
      const scaled = [1, 0.1, 3, 1 / 3].map((scale) => vector.map((value) => value * scale));
      expect(recallAtK(scaled, [0, 1, 0, 1])).toBe(0);
    }
  });

  it('takes vectors of any width and size', () => {
    const wide = (value: number) => new Float64Array(200_000).fill(value);
    expect(recallAtK([wide(1), wide(2), wide(-1)], ['a', 'a', 'b'])).toBe(1);
    expect(
      recallAtK(
        [
          [1e200, 0],
          [1e-200, 0],
          [0, 1e200],
        ],
        ['a', 'a', 'b'],
      ),
    ).toBe(1);
  });

  it('is 1 where k lets in all others', () => {
    const vectors = fc.array(fc.tuple(fc.double({min: -1, max: 1, noNaN: true}), fc.constant(1)), {
      minLength: 4,
      maxLength: 12,
    });
    fc.assert(
      fc.property(vectors, (embeddings) => {
        const labels = embeddings.map((_, i) => i % 2);
        expect(recallAtK(embeddings, labels, embeddings.length)).toBe(1);
      }),
    );
  });
});

describe('classAngles', () => {
  it('measures known sectors, whatever the lengths', () => {
    const angles = [-10, 10, 70, 110, 150, 150].map((angle, i) => at(angle, i + 1));
    const {meanWithinClass, smallestBetweenClass, directions} = classAngles(angles, [0, 0, 1, 1, 2, 2]);
    expect(degrees(meanWithinClass)).toBeCloseTo((10 + 10 + 20 + 20 + 0 + 0) / 6, 5);
    expect(degrees(smallestBetweenClass)).toBeCloseTo(60, 5);
    expect(directions.get(1)![0]).toBeCloseTo(0, 12);
    expect(directions.get(1)![1]).toBeCloseTo(1, 12);
  });

  it('counts a zero vector as orthogonal, and a single class as without bound', () => {
    const {meanWithinClass, smallestBetweenClass} = classAngles(
      [
        [2, 0],
        [0, 0],
      ],
      ['a', 'a'],
    );
    expect(degrees(meanWithinClass)).toBeCloseTo(45, 12);
    expect(smallestBetweenClass).toBe(Infinity);
  });
});

describe('confusionMatrix', () => {
  it('counts actual classes in rows, predicted ones in columns, unknown last', () => {
    const actual = ['b', 'a', 'a', null, 'b'];
    const predicted = ['b', 'b', 'a', 'a', null];
    expect(confusionMatrix(actual, predicted)).toEqual({
      labels: ['a', 'b', null],
      counts: [
        [1, 1, 0],
        [0, 1, 1],
        [1, 0, 0],
      ],
    });
  });

  it('puts numbers in the order of their size, and classes in the order asked for', () => {
    expect(confusionMatrix([10, 9], [9, 9]).labels).toEqual([9, 10]);
    expect(confusionMatrix(['a'], ['b'], ['c', 'b', 'a']).counts).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('is that of ml-confusion-matrix', () => {
    const pairs = fc.array(fc.tuple(fc.integer({min: 0, max: 4}), fc.integer({min: 0, max: 4})), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pairs, (answers) => {
        const [actual, predicted] = [answers.map(([a]) => a), answers.map(([, p]) => p)];
        const labels = [0, 1, 2, 3, 4];
        const other = ConfusionMatrix.fromLabels(actual, predicted, {labels});
        expect(confusionMatrix(actual, predicted, labels).counts).toEqual(other.getMatrix());
      }),
    );
  });
});

describe('expectedCalibrationError', () => {
  it.each([
    ['calibrated', [0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0], 10, 0],
    ['too sure', [1, 1], [1, 0], 10, 0.5],
    [
      'two bins, by their sizes',
      [0.9, 0.9, 0.9, 0.1],
      [1, 1, 0, 1],
      2,
      0.75 * Math.abs(2 / 3 - 0.9) + 0.25 * 0.9,
    ],
    ['an edge belongs to the bin below', [0.5, 0.6], [0, 1], 2, (0.5 + 0.4) / 2],
    ['0 belongs to the first', [0, 0.5], [1, 0], 2, (1 - 0.5) / 2],
  ])('%s', (_, confidences, correct, bins, expected) => {
    expect(expectedCalibrationError(confidences, correct, bins)).toBeCloseTo(expected, 12);
  });

  it('puts every edge b/bins into the bin below it', () => {
    for (const bins of [3, 10, 15, 100]) {
      for (let b = 1; b < bins; b++) {
        // Together in one bin the two gaps cancel; apart they would add up.
        const [edge, below] = [b / bins, b / bins - 0.25 / bins];
        const above = edge * (1 + 2 ** -52);
        expect(expectedCalibrationError([above, below], [true, false], bins)).toBeCloseTo(
          (1 - above + below) / 2,
          9,
        );
        expect(expectedCalibrationError([edge, below], [true, false], bins)).toBeCloseTo(
          Math.abs(1 - edge - below) / 2,
          9,
        );
      }
    }
  });
});
