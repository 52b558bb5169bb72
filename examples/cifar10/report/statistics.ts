import jstat from 'jstat';
import {linearRegression, linearRegressionLine, mean, sampleVariance, sum} from 'simple-statistics';

export interface Interval {
  readonly mean: number;
  /** Of the 95 % confidence interval; null if a single value says nothing about its spread. */
  readonly halfWidth: number | null;
}

/** The mean with its 95 % t confidence interval. */
export function confidenceInterval(values: number[]): Interval {
  const n = values.length;
  if (n < 2) return {mean: mean(values), halfWidth: null};
  const standardError = Math.sqrt(sampleVariance(values) / n);
  return {mean: mean(values), halfWidth: jstat.studentt.inv(0.975, n - 1) * standardError};
}

/** A two-sided t-test of an estimate against 0. */
export interface TTest {
  readonly estimate: number;
  readonly t: number;
  readonly degrees: number;
  readonly p: number;
}

/** Welch's test of the difference of two means; null unless both have at least two values. */
export function welch(one: number[], other: number[]): TTest | null {
  if (Math.min(one.length, other.length) < 2) return null;
  const difference = mean(one) - mean(other);
  const [a, b] = [one, other].map((values) => sampleVariance(values) / values.length) as [number, number];
  // Where neither scatters, any number of degrees gives the same answer.
  const degrees = a + b === 0 ? 1 : (a + b) ** 2 / (a ** 2 / (one.length - 1) + b ** 2 / (other.length - 1));
  return tTest(difference, Math.sqrt(a + b), degrees);
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The test of the slope of a straight line through points: noise is what the line leaves over. Null if there are fewer
 * than three points, or all of them lie at the same x.
 */
export function slope(points: readonly Point[]): TTest | null {
  if (points.length < 3) return null;
  const centre = mean(points.map(({x}) => x));
  const spread = sum(points.map(({x}) => (x - centre) ** 2));
  if (spread === 0) return null;
  const line = linearRegression(points.map(({x, y}) => [x, y]));
  const at = linearRegressionLine(line);
  const degrees = points.length - 2;
  const residualVariance = sum(points.map(({x, y}) => (y - at(x)) ** 2)) / degrees;
  return tTest(line.m, Math.sqrt(residualVariance / spread), degrees);
}

function tTest(estimate: number, standardError: number, degrees: number): TTest {
  const t = estimate === 0 ? 0 : estimate / standardError;
  const p = Number.isFinite(t) ? 2 * jstat.studentt.cdf(-Math.abs(t), degrees) : 0;
  return {estimate, t, degrees, p};
}

/** Holm's correction: p-values of a family of tests, such that the chance of any false alarm among them stays what it is. */
export function holm(pValues: number[]): number[] {
  const ascending = pValues.map((p, index) => ({p, index})).sort((one, other) => one.p - other.p);
  const adjusted: number[] = [];
  let least = 0;
  for (const [rank, {p, index}] of ascending.entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
