import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {amsoftmax, cosface, normalizedSoftmax} from '../src/index.js';
import {tolerances} from './reference/losses.js';
import {fromColumns} from './reference/vectors.js';
import {contract, expectEvaluation} from './support/contract.js';
import {describeCosines, expectSmoothFall, targetLogits} from './support/cosineLosses.js';
import {expectClose} from './support/expectClose.js';
import {samples} from './support/problems.js';
import {runLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('amsoftmax', () => {
  it.each([0.35, -0.35])('has the logit s·(cos θ_y − m) at m = %d', async (margin) => {
    const problem = {features: [[3, 0]], kernel: fromColumns([2, 0], [0, 7]), labels: [[1, 0]]};
    const {losses} = await runLoss(amsoftmax({margin, scale: 4}), problem, [1]);
    expectClose(losses, [Math.log(1 + Math.exp(-4 * (1 - margin)))], {relative: 1e-5});
  });

  it('is normalizedSoftmax at m = 0', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        expectEvaluation(
          await runLoss(amsoftmax({margin: 0}), problem, upstream),
          await runLoss(normalizedSoftmax(), problem, upstream),
          tolerances({kind: 'normalizedSoftmax', scale: 'auto'}, problem, upstream, contract),
        );
      }),
    );
  });

  it('has a logit of the true class that falls smoothly', async () => {
    expectSmoothFall(await targetLogits(amsoftmax({scale: 1})), 1);
  });

  it('is cosface, with the margin in its formula', () => {
    expect(cosface).toBe(amsoftmax);
    expect(String(amsoftmax())).toBe('amsoftmax(m=0.35)');
    expect(String(amsoftmax({margin: -0.2, scale: 16}))).toBe('amsoftmax(m=-0.2, s=16)');
  });

  describeCosines(specsOf.amsoftmax);
});
