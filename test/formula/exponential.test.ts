import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {expOfNegative} from '../../src/formula/exponential.js';
import {expectClose} from '../support/expectClose.js';

describe('expOfNegative', () => {
  it('is e^x to 1e-8 of its value', () => {
    fc.assert(
      fc.property(fc.double({min: -104, max: 0, noNaN: true}), (x) => {
        expectClose(expOfNegative(x), Math.exp(x), {relative: 1e-8});
      }),
      {numRuns: 10_000},
    );
  });

  it('is 1 at 0 and does not leave [0, 1] on the way down', () => {
    expect(expOfNegative(0)).toBe(1);
    for (let x = 0; x > -110; x -= 0.01) {
      expect(expOfNegative(x)).toBeGreaterThanOrEqual(0);
      expect(expOfNegative(x)).toBeLessThanOrEqual(1);
    }
  });

  it('is nothing in float32 from −104 on, however low', () => {
    for (const x of [-104, -105, -1e4, -3.4e38, -1e300, -Infinity]) {
      expect(Math.fround(expOfNegative(x))).toBe(0);
    }
  });

  it('is NaN for NaN', () => {
    expect(expOfNegative(Number.NaN)).toBeNaN();
  });
});
