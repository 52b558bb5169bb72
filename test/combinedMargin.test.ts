import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {amsoftmax, arcface, combinedMargin, psi} from '../src/index.js';
import {type LossSpec, tolerances} from './reference/losses.js';
import {contract, expectEvaluation} from './support/contract.js';
import {describeCosines, expectSmoothFall, targetLogits} from './support/cosineLosses.js';
import {expectClose} from './support/expectClose.js';
import {samples} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('combinedMargin', () => {
  it('is arcface at (1, m, 0)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 31}), samples(), async (tenths, {problem, upstream}) => {
        const margin = tenths / 10;
        const spec: LossSpec = {kind: 'combinedMargin', m1: 1, m2: margin, m3: 0, scale: 'auto'};
        expectEvaluation(
          await runLoss(toLoss(spec), problem, upstream),
          await runLoss(arcface({margin}), problem, upstream),
          tolerances(spec, problem, upstream, contract),
        );
      }),
    );
  });

  it('is amsoftmax at (1, 0, m)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: -10, max: 10}), samples(), async (tenths, {problem, upstream}) => {
        const margin = tenths / 10;
        const spec: LossSpec = {kind: 'combinedMargin', m1: 1, m2: 0, m3: margin, scale: 'auto'};
        expectEvaluation(
          await runLoss(toLoss(spec), problem, upstream),
          await runLoss(amsoftmax({margin}), problem, upstream),
          tolerances(spec, problem, upstream, contract),
        );
      }),
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
