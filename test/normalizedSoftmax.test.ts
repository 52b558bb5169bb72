import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {normalizedSoftmax, softmax} from '../src/index.js';
import {tolerances} from './reference/losses.js';
import {column, fromColumns, scale, unit} from './reference/vectors.js';
import {contract} from './support/contract.js';
import {describeCosines} from './support/cosineLosses.js';
import {expectClose} from './support/expectClose.js';
import {samples} from './support/problems.js';
import {runLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('normalizedSoftmax', () => {
  it('is the cross-entropy of s·cos θ_j', async () => {
    const problem = {features: [[3, 0]], kernel: fromColumns([2, 0], [0, 7]), labels: [[1, 0]]};
    const {losses} = await runLoss(normalizedSoftmax({scale: 4}), problem, [1]);
    expectClose(losses, [Math.log(1 + Math.exp(-4))], {relative: 1e-5});
  });

  it('is the softmax of features of length s and weights of length 1', async () => {
    await fc.assert(
      fc.asyncProperty(samples({bias: false}), fc.constantFrom(1, 8), async ({problem, upstream}, s) => {
        const {features, kernel, labels} = problem;
        const onSphere = {
          features: features.map((x) => scale(s, unit(x))),
          kernel: fromColumns(...labels[0]!.map((_, j) => unit(column(kernel, j)))),
          labels,
        };
        const allowed = tolerances({kind: 'normalizedSoftmax', scale: s}, problem, upstream, contract);
        const [actual, expected] = [
          await runLoss(normalizedSoftmax({scale: s}), problem, upstream),
          await runLoss(softmax(), onSphere, upstream),
        ];
        expectClose(actual.losses, expected.losses, allowed.losses);
      }),
    );
  });

  it('names its scale in its formula if that is not the default', () => {
    expect(String(normalizedSoftmax())).toBe('normalizedSoftmax');
    expect(String(normalizedSoftmax({scale: 16}))).toBe('normalizedSoftmax(s=16)');
  });

  describeCosines(specsOf.normalizedSoftmax);
});
