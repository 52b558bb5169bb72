import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {combinedMargin, psi} from '../src/index.js';
import {type LossSpec, tolerances} from './reference/losses.js';
import {contract, expectEvaluation} from './support/contract.js';
import {describeCosines, expectSmoothFall, targetLogits} from './support/cosineLosses.js';
import {expectClose} from './support/expectClose.js';
import {samples} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('combinedMargin', () => {
  it('is arcface at (1, m, 0)', async () => {
    await expectSame(
      fc.integer({min: 0, max: 31}),
      (margin) => ({m2: margin}),
      (margin) => ({kind: 'arcface', margin, scale: 'auto'}),
    );
  });

  it('is amsoftmax at (1, 0, m)', async () => {
    await expectSame(
      fc.integer({min: -10, max: 10}),
      (margin) => ({m3: margin}),
      (margin) => ({kind: 'amsoftmax', margin, scale: 'auto'}),
    );
  });

  it.each([1, 2, 3, 4, 8])('has ψ in the logit of the true class at (%i, 0, 0)', async (m1) => {
    const {thetas, logits} = await targetLogits(combinedMargin({m1, scale: 1}));
    const expected = thetas.map((theta) => psi(theta, m1));
    expectClose(logits, expected, {absolute: 1e-5, relative: 1e-5});
  });

  it.each([{m1: 1.5}, {m1: 2.7, m2: 0.4}, {m1: 4, m2: 3.1, m3: -0.5}])(
    'has a logit of the true class that falls smoothly at %o',
    async (margin) => {
      expectSmoothFall(await targetLogits(combinedMargin({...margin, scale: 1})), margin.m1 ** 2);
    },
  );

  it('has its margins in its formula', () => {
    expect(String(combinedMargin())).toBe('combinedMargin(m₁=1, m₂=0, m₃=0)');
    expect(String(combinedMargin({m1: 1.5, m3: -0.1, scale: 8}))).toBe(
      'combinedMargin(m₁=1.5, m₂=0, m₃=-0.1, s=8)',
    );
  });

  describeCosines(specsOf.combinedMargin);
});

/** With margins in tenths it gives what another loss gives, as closely as that one is held to the oracle. */
async function expectSame(
  tenths: fc.Arbitrary<number>,
  options: (margin: number) => Parameters<typeof combinedMargin>[0],
  other: (margin: number) => LossSpec,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(tenths, samples(), async (tenth, {problem, upstream}) => {
      const spec = other(tenth / 10);
      expectEvaluation(
        await runLoss(combinedMargin(options(tenth / 10)), problem, upstream),
        await runLoss(toLoss(spec), problem, upstream),
        tolerances(spec, problem, upstream, contract),
      );
    }),
  );
}
