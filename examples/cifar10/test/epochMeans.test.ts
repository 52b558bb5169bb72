import {expect, test} from 'vitest';
import {EpochMeans} from '../epochMeans.js';

test('means are over images, whatever the sizes of the batches', () => {
  const terms = [
    {term: 'hinge', weight: 0.5, latest: 0, lambdaAt: () => null},
    {term: 'softmax', weight: 2, latest: 0, lambdaAt: () => null},
  ];
  const means = new EpochMeans(terms);
  const batch = (images: number, correct: number, ...latest: number[]) => {
    terms.forEach((term, index) => {
      term.latest = latest[index]!;
    });
    means.add(images, correct);
  };
  batch(3, 1, 4, 1);
  batch(1, 1, 8, 3);
  expect(means.termLosses).toEqual([5, 1.5]); // (3·4 + 8) / 4, (3·1 + 3) / 4
  expect(means.loss).toBe(0.5 * 5 + 2 * 1.5);
  expect(means.accuracy).toBe(0.5);
});
