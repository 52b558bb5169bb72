import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {generalizedCrossEntropy, lsoftmax, softmax} from '../src/index.js';
import {tolerances} from './reference/losses.js';
import {describeOnBase} from './support/baseLosses.js';
import {contract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, samples} from './support/problems.js';
import {runLoss, runOnLogits} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('generalizedCrossEntropy', () => {
  const scores = [[Math.log(1), Math.log(2), Math.log(5)]];

  it('is (1 − p_y^q)/q', async () => {
    const loss = generalizedCrossEntropy({q: 0.25});
    const {losses, logits} = await runOnLogits(loss, scores, oneHot([1], 3), [2]);
    expectClose(losses, [4 * (1 - (2 / 8) ** 0.25)], {relative: 1e-6});
    const slope = 2 * (2 / 8) ** 0.25;
    expectClose(logits, [[slope / 8, slope * (2 / 8 - 1), (slope * 5) / 8]], {relative: 1e-5});
  });

  it('is 1 − p_y at q = 1', async () => {
    const {losses} = await runOnLogits(generalizedCrossEntropy({q: 1}), scores, oneHot([1], 3), [1]);
    expectClose(losses, [6 / 8], {relative: 1e-6});
  });

  it.each([0, 1e-45, 1e-30, 1e-20, 1e-9])('is softmax at q = %d', async (q) => {
    const spec = {kind: 'softmax', labelSmoothing: 0} as const;
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        expectEvaluation(
          await runLoss(generalizedCrossEntropy({q}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
          tolerances(spec, problem, upstream, contract),
        );
      }),
    );
  });

  it('has q in its formula, and its base', () => {
    expect(String(generalizedCrossEntropy())).toBe('generalizedCrossEntropy(q=0.7)');
    expect(String(generalizedCrossEntropy({q: 0.5, base: lsoftmax({m: 2})}))).toBe(
      'generalizedCrossEntropy(q=0.5, base=lsoftmax(m=2))',
    );
  });

  describeOnBase(generalizedCrossEntropy, specsOf.generalizedCrossEntropy);
});
