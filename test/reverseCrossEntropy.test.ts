import {describe, expect, it} from 'vitest';
import {asoftmax, combined, reverseCrossEntropy, softmax} from '../src/index.js';
import {describeOnBase} from './support/baseLosses.js';
import {expectClose} from './support/expectClose.js';
import {oneHot} from './support/problems.js';
import {runOnLogits} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('reverseCrossEntropy', () => {
  const scores = [[Math.log(1), Math.log(2), Math.log(5)]];
  const p = [1 / 8, 2 / 8, 5 / 8];

  it('is −Σ p_j log q_j, where the zeros of a label count as the floor', async () => {
    const loss = reverseCrossEntropy({floor: 0.01});
    const {losses, logits} = await runOnLogits(loss, scores, oneHot([1], 3), [2]);
    expectClose(losses, [-(p[0]! + p[2]!) * Math.log(0.01)], {relative: 1e-6});
    const slope = -2 * Math.log(0.01) * p[1]!;
    expectClose(logits, [[slope * p[0]!, slope * (p[1]! - 1), slope * p[2]!]], {relative: 1e-5});
  });

  it('makes symmetric cross-entropy with softmax', async () => {
    const loss = combined([
      [0.1, softmax()],
      [1, reverseCrossEntropy()],
    ]);
    const {losses} = await runOnLogits(loss, scores, oneHot([1], 3), [1]);
    expectClose(losses, [-0.1 * Math.log(2 / 8) - Math.log(1e-4) * (6 / 8)], {relative: 1e-6});
  });

  it('has the floor in its formula, and its base', () => {
    expect(String(reverseCrossEntropy())).toBe('reverseCrossEntropy(floor=0.0001)');
    expect(String(reverseCrossEntropy({base: asoftmax({m: 2})}))).toBe(
      'reverseCrossEntropy(floor=0.0001, base=asoftmax(m=2))',
    );
  });

  describeOnBase(reverseCrossEntropy, specsOf.reverseCrossEntropy);
});
