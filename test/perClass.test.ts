/** Losses with numbers per class: logitAdjusted and ldam. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  amsoftmax,
  combined,
  ldam,
  logitAdjusted,
  lossFromConfig,
  marginLogits,
  softmax,
} from '../src/index.js';
import {type LossSpec, tolerances} from './reference/losses.js';
import {contract, expectContract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {list, oneHot, type Sample, samples, samplesOfAnyHead} from './support/problems.js';
import {read, runLoss, runOnLogits, toLoss} from './support/runLoss.js';
import {weightedSpecs} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

type PerClassSpec = Extract<LossSpec, {counts: readonly number[]}>;

const count = fc.integer({min: 1, max: 4096});
const eighths = fc.integer({min: 0, max: 16}).map((value) => value / 8);

/** A sample, and a spec with a count for each of its classes. */
function withCounts<S extends PerClassSpec>(
  sampled: fc.Arbitrary<Sample>,
  specOf: (counts: fc.Arbitrary<number[]>) => fc.Arbitrary<S>,
): fc.Arbitrary<readonly [Sample, S]> {
  return sampled.chain((sample) => {
    const counts = list(sample.problem.labels[0]!.length, count);
    return specOf(counts).map((spec) => [sample, spec] as const);
  });
}

const specs = {
  logitAdjusted: (counts: fc.Arbitrary<number[]>) =>
    fc.record({kind: fc.constant('logitAdjusted' as const), counts, tau: eighths}),
  ldam: (counts: fc.Arbitrary<number[]>) =>
    fc.record({
      kind: fc.constant('ldam' as const),
      counts,
      maxMargin: eighths,
      scale: fc.constantFrom(30, 4, 'auto' as const),
    }),
};

describe.each(Object.entries(specs))('%s', (_, specOf) => {
  const cases = (sampled: fc.Arbitrary<Sample>) => withCounts<PerClassSpec>(sampled, specOf);

  it('matches the oracle', async () => {
    await fc.assert(
      fc.asyncProperty(cases(samplesOfAnyHead()), ([{problem, upstream}, spec]) =>
        expectContract(spec, problem, upstream),
      ),
    );
  });

  it('matches the oracle in a combination with any losses', async () => {
    await fc.assert(
      fc.asyncProperty(cases(samples()), weightedSpecs, ([sample, spec], others) =>
        expectContract({kind: 'combined', terms: [...others, [0.5, spec]]}, sample.problem, sample.upstream),
      ),
    );
  });

  it('comes back from its config', () => {
    fc.assert(
      fc.property(cases(samples()), ([, spec]) => {
        const loss = toLoss(spec);
        const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())));
        expect(again.getConfig()).toEqual(loss.getConfig());
        expect(String(again)).toBe(String(loss));
      }),
    );
  });
});

describe('logitAdjusted', () => {
  it('is softmax of the logits plus τ·log π_j', async () => {
    const {losses} = await runOnLogits(logitAdjusted({counts: [3, 1]}), [[0, 0]], oneHot([1], 2), [1]);
    expectClose(losses, [Math.log(4)], {relative: 1e-6});
  });

  it('is softmax with τ = 0, or with equal counts', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), fc.constantFrom(0, 1), async ({problem, upstream}, tau) => {
        const counts = problem.labels[0]!.map((_, j) => (tau === 0 ? j + 1 : 7));
        expectEvaluation(
          await runLoss(logitAdjusted({counts, tau}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
          tolerances({kind: 'softmax', labelSmoothing: 0}, problem, upstream, contract),
        );
      }),
    );
  });

  it('does not depend on the unit of the counts', async () => {
    const scores = [[0.5, -1, 2]];
    const run = (counts: number[]) => runOnLogits(logitAdjusted({counts}), scores, oneHot([0], 3), [1]);
    expect(await run([30, 20, 10])).toEqual(await run([3, 2, 1]));
  });
});

describe('ldam', () => {
  it('is amsoftmax with the largest margin if all counts are equal', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        const counts = problem.labels[0]!.map(() => 5);
        expectEvaluation(
          await runLoss(ldam({counts, maxMargin: 0.25, scale: 8}), problem, upstream),
          await runLoss(amsoftmax({margin: 0.25, scale: 8}), problem, upstream),
          tolerances({kind: 'amsoftmax', margin: 0.25, scale: 8}, problem, upstream, contract),
        );
      }),
    );
  });
});

it('keeps terms with different numbers per class apart', async () => {
  const [few, many] = [
    [1, 2, 3],
    [3, 2, 1],
  ];
  const both = combined([
    [0.25, logitAdjusted({counts: few})],
    [0.5, logitAdjusted({counts: many, tau: 0.5})],
    [1, ldam({counts: many, scale: 4})],
  ]);
  const logits = marginLogits(tf.tensor2d([[1, 2]]), tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]));
  const labels = tf.tensor1d([1], 'int32');
  const each = await Promise.all(both.terms.map(({loss}) => read<number[]>(loss(labels, logits))));
  const expected = both.terms.reduce((sum, {weight}, t) => sum + weight * each[t]![0]!, 0);
  expectClose(await read<number[]>(both(labels, logits)), [expected], {relative: 1e-6});
});
