import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {numbers, tensors} from '../src/arithmetic.js';
import {psi} from '../src/index.js';
import {psiOfCosine} from '../src/psi.js';
import {psiOfAngle, psiSlopeInCosine} from './reference/psi.js';
import {expectClose} from './support/expectClose.js';
import {read} from './support/runLoss.js';

const margins = fc.integer({min: 1, max: 8});
const angles = fc.double({min: 0, max: Math.PI, noNaN: true});

describe('psi', () => {
  it('is (−1)^k cos(mθ) − 2k', () => {
    fc.assert(
      fc.property(angles, margins, (theta, m) => {
        // At a boundary rounding decides which k is used; ψ is the same.
        expectClose(psi(theta, m), psiOfAngle(theta, m), {absolute: 1e-12});
      }),
    );
  });

  it('is the cosine at m = 1', () => {
    fc.assert(
      fc.property(angles, (theta) => {
        expectClose(psi(theta, 1), Math.cos(theta), {absolute: 1e-15});
      }),
    );
  });

  it('falls strictly', () => {
    fc.assert(
      fc.property(angles, angles, margins, (one, other, m) => {
        const [smaller, larger] = [Math.min(one, other), Math.max(one, other)];
        // ψ is flat at every kπ/m, where angles this close give the same number.
        fc.pre(larger - smaller > 1e-6);
        expect(psi(larger, m)).toBeLessThan(psi(smaller, m));
      }),
    );
  });

  it('never exceeds the cosine', () => {
    fc.assert(
      fc.property(angles, margins, (theta, m) => {
        expect(psi(theta, m)).toBeLessThanOrEqual(Math.cos(theta) + 1e-14);
      }),
    );
  });

  it('has no jump: around every kπ/m it stays near 1 − 2k', () => {
    for (let m = 1; m <= 8; m++) {
      for (let k = 0; k <= m; k++) {
        for (const step of [-1e-7, 0, 1e-7]) {
          const theta = Math.min(Math.PI, Math.max(0, (k * Math.PI) / m + step));
          expectClose(psi(theta, m), 1 - 2 * k, {absolute: 1e-12});
        }
      }
    }
  });

  it('falls from 1 to 1 − 2m', () => {
    expect(psi(0, 4)).toBe(1);
    expect(psi(Math.PI, 4)).toBe(-7);
    expect(psi(Math.PI, 1)).toBe(-1);
  });
});

describe('ψ as a function of the cosine', () => {
  // Rounding in the recurrence grows with its length and, near c = ±1, with its derivative m².
  const valueTolerance = (m: number) => 1e-7 * m * m;
  const slopeTolerance = (m: number) => 1e-7 * m ** 4;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'matches value and derivative of the arccos form at m = %i',
    async (m) => {
      const cosines = everyNoteworthyCosine(m);
      const {value, derivative} = tf.tidy(() => ({...psiOfCosine(tensors, m)(tf.tensor1d(cosines))}));
      const thetas = cosines.map(Math.acos);
      expectClose(
        await read<number[]>(value),
        thetas.map((theta) => psiOfAngle(theta, m)),
        {
          absolute: valueTolerance(m),
        },
      );
      expectClose(
        await read<number[]>(derivative),
        thetas.map((theta) => psiSlopeInCosine(theta, m)),
        {
          absolute: slopeTolerance(m),
        },
      );
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the same on numbers, at m = %i', (m) => {
    for (const cosine of everyNoteworthyCosine(m)) {
      const {value, derivative} = psiOfCosine(numbers, m)(cosine);
      expectClose(value, psiOfAngle(Math.acos(cosine), m), {absolute: 1e-13 * m * m});
      expectClose(derivative, psiSlopeInCosine(Math.acos(cosine), m), {absolute: 1e-7 * m ** 4});
    }
  });

  it('has the derivative m² at c = ±1', async () => {
    const {derivative} = tf.tidy(() => ({...psiOfCosine(tensors, 5)(tf.tensor1d([1, -1]))}));
    expectClose(await read<number[]>(derivative), [25, 25], {relative: 1e-6});
  });

  it('keeps a NaN to itself', async () => {
    const {value, derivative} = tf.tidy(() => ({
      ...psiOfCosine(tensors, 4)(tf.tensor1d([0.5, Number.NaN, 0.5])),
    }));
    const expected = [psiOfAngle(Math.PI / 3, 4), Number.NaN, psiOfAngle(Math.PI / 3, 4)];
    expectClose(await read<number[]>(value), expected, {absolute: 1e-6});
    expect((await read<number[]>(derivative)).map(Number.isNaN)).toEqual([false, true, false]);
  });

  /** An even grid over [−1, 1], and around every boundary cos(kπ/m) the float32 numbers at and beside it. */
  function everyNoteworthyCosine(m: number): number[] {
    const grid = Array.from({length: 401}, (_, index) => index / 200 - 1);
    const boundaries = Array.from({length: m + 1}, (_, k) => Math.cos((k * Math.PI) / m));
    const around = boundaries.flatMap((c) =>
      [-1e-3, -1e-6, -1e-7, 0, 1e-7, 1e-6, 1e-3].map((step) => c + step),
    );
    return [...grid, ...around].filter((c) => Math.abs(c) <= 1).map(Math.fround);
  }
});
