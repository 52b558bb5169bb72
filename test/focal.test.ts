import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {arcface, focal, softmax} from '../src/index.js';
import {describeOnBase} from './support/baseLosses.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, samples} from './support/problems.js';
import {runLoss, runOnLogits} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('focal', () => {
  it('is −(1 − p_y)^γ log p_y', async () => {
    const scores = [[Math.log(1), Math.log(2), Math.log(5)]];
    const {losses, logits} = await runOnLogits(focal({gamma: 3}), scores, oneHot([1], 3), [2]);
    expectClose(losses, [-((6 / 8) ** 3) * Math.log(2 / 8)], {relative: 1e-6});
    const slope = 2 * ((6 / 8) ** 3 - 3 * (6 / 8) ** 2 * (2 / 8) * Math.log(2 / 8));
    expectClose(logits, [[slope / 8, slope * (2 / 8 - 1), (slope * 5) / 8]], {relative: 1e-5});
  });

  it('is softmax at γ = 0, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        const [actual, expected] = [
          await runLoss(focal({gamma: 0}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
        ];
        expect(actual.losses).toEqual(expected.losses);
        expectClose(actual.features, expected.features, {relative: 1e-6, absolute: 1e-6});
      }),
    );
  });

  it.each([0.01, 0.25, 0.5, 0.99])(
    'has a finite gradient where p_y rounds to 1 and the weight falls steeply, γ = %d',
    async (gamma) => {
      const scores = [17, 20, 50, 87, 90, 103, 120, 1e4].map((lead) => [lead, 0]);
      const upstream = scores.map(() => 1);
      const {logits} = await runOnLogits(
        focal({gamma}),
        scores,
        oneHot(new Array(scores.length).fill(0), 2),
        upstream,
      );
      const expected = scores.map(([lead]) => {
        const doubt = Math.exp(-lead!);
        const slope = (1 + gamma) * doubt ** gamma * doubt;
        return [-slope, slope];
      });
      expectClose(logits, expected, {relative: 1e-4, absolute: 1e-37});
    },
  );

  it('has γ in its formula, and its base', () => {
    expect(String(focal())).toBe('focal(γ=2)');
    expect(String(focal({gamma: 0.5, base: arcface({margin: 0.3, scale: 16})}))).toBe(
      'focal(γ=0.5, base=arcface(m=0.3, s=16))',
    );
  });

  describeOnBase(focal, specsOf.focal);
});
