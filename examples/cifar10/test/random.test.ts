import {expect, test} from 'vitest';
import {Random} from '../random.js';

const draw = (random: Random, count: number) => Array.from({length: count}, () => random.uint32());

test('the same seed and stream give the same numbers, others give others', () => {
  const reference = draw(new Random(1, 'shuffle'), 5);
  expect(draw(new Random(1, 'shuffle'), 5)).toEqual(reference);
  expect(draw(new Random(2, 'shuffle'), 5)).not.toEqual(reference);
  expect(draw(new Random(1, 'dropout'), 5)).not.toEqual(reference);
});

test('numbers are spread evenly', () => {
  const random = new Random(7, 'spread');
  const counts = Array<number>(16).fill(0);
  for (let i = 0; i < 160_000; i++) counts[random.below(16)]!++;
  // Chi-square with 15 degrees of freedom: above 44 once in 10,000 generators, and this one is always the same.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquare).toBeLessThan(44);
});

test('consecutive numbers are not correlated', () => {
  const random = new Random(3, 'correlation');
  const values = Array.from({length: 100_000}, () => random.uint32() / 2 ** 32 - 0.5);
  const covariance = values.slice(1).reduce((sum, value, i) => sum + value * values[i]!, 0) / values.length;
  expect(Math.abs(covariance * 12)).toBeLessThan(0.0125); // four standard deviations
});

test('shuffling keeps every item and moves most', () => {
  const items = Uint32Array.from({length: 1000}, (_, index) => index);
  new Random(1, 'shuffle').shuffle(items);
  expect([...items].sort((one, other) => one - other)).toEqual(Array.from({length: 1000}, (_, i) => i));
  expect(items.filter((item, index) => item === index).length).toBeLessThan(10);
});
