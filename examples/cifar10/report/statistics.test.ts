import {expect, it} from 'vitest';
import {confidenceInterval, holm, slope, welch} from './statistics.js';

it('a confidence interval has the width of the t distribution with n − 1 degrees of freedom', () => {
  // t(0.975; 4) = 2.776, t(0.975; 1) = 12.706, from the tables.
  const {mean, halfWidth} = confidenceInterval([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(halfWidth).toBeCloseTo((2.776445 * Math.sqrt(2.5)) / Math.sqrt(5), 5);
  expect(confidenceInterval([1, 3]).halfWidth).toBeCloseTo(12.706205, 5);
  expect(confidenceInterval([7])).toEqual({mean: 7, halfWidth: null});
});

it("Welch's test gives what R's t.test documents for Student's sleep data", () => {
  const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const test = welch(drug1, drug2)!;
  expect(test.estimate).toBeCloseTo(-1.58, 10);
  expect(test.t).toBeCloseTo(-1.8608, 4);
  expect(test.degrees).toBeCloseTo(17.776, 3);
  expect(test.p).toBeCloseTo(0.07939, 5);
  expect(welch(drug2, drug1)!.t).toBe(-test.t);
});

it("Welch's test needs two values of each, and copes with values that do not scatter", () => {
  expect(welch([1], [1, 2])).toBeNull();
  expect(welch([2, 2], [1, 1])).toMatchObject({estimate: 1, p: 0});
  const none = welch([1, 1], [1, 1])!;
  expect(none).toMatchObject({estimate: 0, t: 0});
  expect(none.p).toBeCloseTo(1, 6);
});

it("the slope and its test are those of Anscombe's first data set", () => {
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const test = slope(x.map((value, index) => ({x: value, y: y[index]!})))!;
  expect(test.estimate).toBeCloseTo(0.5001, 4);
  expect(test.t).toBeCloseTo(4.2415, 3);
  expect(test.degrees).toBe(9);
  expect(test.p).toBeCloseTo(0.00217, 5);
});

it('a slope needs three points, and more than one x', () => {
  const points = [1, 2, 3].map((y) => ({x: 1, y}));
  expect(slope(points)).toBeNull();
  expect(slope(points.slice(0, 2).map(({y}) => ({x: y, y})))).toBeNull();
});

it("Holm's correction gives what R's p.adjust does, in the order it was given", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(p, 10);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
