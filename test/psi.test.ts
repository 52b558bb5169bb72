import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {fallingCosine, psiOfCosine} from '../src/formula/psi.js';
import {psi} from '../src/index.js';
import {psiOfAngle, psiSlopeInCosine} from './reference/psi.js';
import {expectClose} from './support/expectClose.js';
import {type Formula, runOnColumns, runOnTensorsOf, traced} from './support/formulas.js';

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
  const psiOf =
    (m: number): Formula =>
    (a, row) =>
      psiOfCosine(a, row('cosine'), m);
  const programOf = (m: number) => traced(psiOf(m), ['cosine']);

  describe.each([1, 2, 3, 4, 5, 6, 7, 8])('m = %i', (m) => {
    const cosine = everyNoteworthyCosine(m);
    const thetas = cosine.map(Math.acos);
    const values = thetas.map((theta) => psiOfAngle(theta, m));
    const slopes = thetas.map((theta) => psiSlopeInCosine(theta, m));

    it('has value and derivative of the arccos form', () => {
      const outputs = runOnColumns(programOf(m), {rows: {cosine}});
      expectClose(outputs.value!, values, {absolute: 1e-13 * m * m});
      expectClose(outputs['by cosine']!, slopes, {absolute: 1e-7 * m ** 4});
    });

    it('has them on tensors', async () => {
      const outputs = await runOnTensorsOf(programOf(m), {rows: {cosine}});
      // Rounding in the recurrence grows with its length and, near c = ±1, with its derivative m².
      expectClose(outputs.value!, values, {absolute: 1e-7 * m * m});
      expectClose(outputs['by cosine']!, slopes, {absolute: 1e-7 * m ** 4});
    });
  });

  it('has the derivative m² at c = ±1', () => {
    const outputs = runOnColumns(programOf(5), {rows: {cosine: [1, -1]}});
    expectClose(outputs['by cosine']!, [25, 25], {relative: 1e-12});
  });

  it('keeps a NaN to itself', async () => {
    const outputs = await runOnTensorsOf(programOf(4), {rows: {cosine: [0.5, Number.NaN, 0.5]}});
    const expected = [psiOfAngle(Math.PI / 3, 4), Number.NaN, psiOfAngle(Math.PI / 3, 4)];
    expectClose(outputs.value!, expected, {absolute: 1e-6});
    expect(outputs['by cosine']!.map(Number.isNaN)).toEqual([false, true, false]);
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

describe('the falling cosine', () => {
  const phis = Array.from({length: 1001}, (_, i) => (i * 5 * Math.PI) / 1000);
  const falling: Formula = (a, row) => fallingCosine(a, row('phi'), 5 * Math.PI);
  const outputs = runOnColumns(traced(falling, ['phi']), {rows: {phi: phis}});

  it('is ψ(θ) at φ = mθ', () => {
    expectClose(
      outputs.value!,
      phis.map((phi) => psiOfAngle(phi / 5, 5)),
      {absolute: 1e-12},
    );
  });

  it('has the derivative −|sin φ|', () => {
    expectClose(
      outputs['by phi']!,
      phis.map((phi) => -Math.abs(Math.sin(phi))),
      {absolute: 1e-14},
    );
  });

  it('is the cosine where φ does not exceed π', () => {
    const cosine: Formula = (a, row) => fallingCosine(a, row('phi'), Math.PI);
    expect(traced(cosine).steps.map((step) => ('name' in step ? step.name : step.kind))).toEqual([
      'phi',
      'cos',
    ]);
  });
});
