import {expect, it} from 'vitest';
import {autoScale} from '../src/index.js';

it.each([
  [2, Math.log(9) / 2],
  [10, 3.955004],
  [100, 6.724421],
  [1000, 9.094875],
])('the scale for %d classes', (classes, scale) => {
  expect(autoScale(classes)).toBeCloseTo(scale, 5);
});

it('lets the true class of a simplex reach the probability 0.9, for any number of classes', () => {
  for (const classes of [2, 3, 10, 60, 1000, 100_000]) {
    const others = (classes - 1) * Math.exp(-autoScale(classes) * (classes / (classes - 1)));
    expect(1 / (1 + others)).toBeCloseTo(0.9, 12);
  }
});

it('is finite and positive for a single class, and grows with the number of classes', () => {
  expect(Number.isFinite(autoScale(1))).toBe(true);
  for (let classes = 1; classes < 2000; classes++) {
    expect(autoScale(classes)).toBeGreaterThan(0);
    expect(autoScale(classes + 1)).toBeGreaterThan(autoScale(classes));
  }
});
