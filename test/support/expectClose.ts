import {chai} from 'vitest';

/** A number, a vector, a matrix, … */
export type Nested = number | readonly Nested[];

/** How far apart two numbers may be: absolute + relative · |expected|. */
export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/**
 * Fails unless `actual` has the shape of `expected` and every number is within the tolerance, which is one
 * for all or an absolute one for every number. NaN and the infinities are close to themselves only.
 */
export function expectClose(actual: Nested, expected: Nested, tolerance: Tolerance | Nested): void {
  compare(actual, expected, tolerance, []);
}

function compare(actual: Nested, expected: Nested, tolerance: Tolerance | Nested, path: number[]): void {
  const where = path.length === 0 ? 'the value' : `[${path.join('][')}]`;
  if (typeof expected !== 'number') {
    const length = typeof actual === 'number' ? 'a number' : `${actual.length} elements`;
    if (typeof actual === 'number' || actual.length !== expected.length) {
      fail(`${where} must have ${expected.length} elements, has ${length}`, actual, expected);
    }
    for (const [index, item] of expected.entries()) {
      compare(actual[index]!, item, isNested(tolerance) ? tolerance[index]! : tolerance, [...path, index]);
    }
    return;
  }
  if (typeof actual !== 'number') {
    fail(`${where} must be a number, is an array`, actual, expected);
  }
  const allowed = allowedDifference(expected, tolerance);
  const close = Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= allowed;
  if (!close) {
    fail(`${where} must be ${expected} ± ${allowed}, is ${actual}`, actual, expected);
  }
}

function allowedDifference(expected: number, tolerance: Tolerance | Nested): number {
  if (typeof tolerance === 'number') {
    return tolerance;
  }
  const {absolute = 0, relative = 0} = tolerance as Tolerance;
  return Number.isFinite(expected) ? absolute + relative * Math.abs(expected) : 0;
}

function isNested(tolerance: Tolerance | Nested): tolerance is readonly Nested[] {
  return Array.isArray(tolerance);
}

function fail(message: string, actual: Nested, expected: Nested): never {
  throw new chai.AssertionError(message, {actual, expected, showDiff: true});
}
