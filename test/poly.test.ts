import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {arcface, combined, poly, reverseCrossEntropy, softmax} from '../src/index.js';
import {tolerances} from './reference/losses.js';
import {describeOnBase} from './support/baseLosses.js';
import {contract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, samples} from './support/problems.js';
import {runLoss, runOnLogits} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('poly', () => {
  it('is −log p_y + ε(1 − p_y)', async () => {
    const scores = [[Math.log(1), Math.log(2), Math.log(5)]];
    const {losses, logits} = await runOnLogits(poly({epsilon: 1.5}), scores, oneHot([1], 3), [2]);
    expectClose(losses, [-Math.log(2 / 8) + 1.5 * (6 / 8)], {relative: 1e-6});
    const slope = 2 * (1 + 1.5 * (2 / 8));
    expectClose(logits, [[slope / 8, slope * (2 / 8 - 1), (slope * 5) / 8]], {relative: 1e-5});
  });

  it('is softmax at ε = 0, and beside 1 − p_y what the two are in a combination', async () => {
    const both = combined([
      [1, softmax()],
      [0.5, reverseCrossEntropy({floor: Math.exp(-1)})],
    ]);
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        const allowed = tolerances({kind: 'poly', epsilon: 0.5}, problem, upstream, contract);
        expectEvaluation(
          await runLoss(poly({epsilon: 0.5}), problem, upstream),
          await runLoss(both, problem, upstream),
          allowed,
        );
        expectEvaluation(
          await runLoss(poly({epsilon: 0}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
          allowed,
        );
      }),
    );
  });

  it('has ε in its formula, and its base', () => {
    expect(String(poly())).toBe('poly(ε=1)');
    expect(String(poly({epsilon: -0.5, base: arcface()}))).toBe('poly(ε=-0.5, base=arcface(m=0.5))');
  });

  describeOnBase(poly, specsOf.poly);
});
