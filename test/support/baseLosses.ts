import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {amsoftmax} from '../../src/amsoftmax.js';
import {cosine, type Term} from '../../src/formula/term.js';
import {FormulaLoss} from '../../src/loss/formulaLoss.js';
import type {Loss} from '../../src/loss/loss.js';
import {softmax} from '../../src/softmax.js';
import {evaluate, type ProbabilitySpec} from '../reference/losses.js';
import {fromColumns} from '../reference/vectors.js';
import {contract, expectContract} from './contract.js';
import {expectClose} from './expectClose.js';
import {oneHot, samples, samplesOfAnyHead} from './problems.js';
import {runLoss, runOnLogits, toLoss} from './runLoss.js';

/** AM-Softmax with a margin of 0.4, whose numbers have the names of those of the losses that it is a base of. */
class NumbersOfAllNames extends FormulaLoss<object> {
  constructor() {
    super('numbersOfAllNames', {}, {});
  }
  protected term(): Term {
    return {
      logits: cosine(2),
      numbers: {gamma: 0.05, epsilon: 0.1, q: 0.2, height: 0.05},
      margin: ({sub}, angle, number) =>
        ['gamma', 'epsilon', 'q', 'height'].reduce((f, name) => sub(f, number(name)), angle.cosine),
    };
  }
}

/**
 * The properties that all losses share which are a function of p_y.
 *
 * @param make - What makes the loss.
 * @param specs - The loss with any options, on any base.
 */
export function describeOnBase(
  make: (options: {base?: Loss}) => Loss,
  specs: fc.Arbitrary<ProbabilitySpec>,
): void {
  // A base of cosines warns, once, that lengths of weights do not train: see warning.test.ts.
  vi.spyOn(console, 'warn').mockImplementation(() => {});

  const onSoftmax = specs.map(({base: _, ...spec}) => spec as ProbabilitySpec);

  describe('as a function of p_y', () => {
    it('matches the oracle, on any base', async () => {
      await fc.assert(
        fc.asyncProperty(specs, samplesOfAnyHead(), (spec, {problem, upstream}) =>
          expectContract(spec, problem, upstream),
        ),
      );
    });

    it('keeps its digits from p_y near 0 to p_y near 1', async () => {
      const leads = [-1e4, -200, -110, -88, -50, -20, -5, 0, 5, 16, 20, 40, 60, 80];
      const upstream = leads.map(() => 1);
      const problem = {
        features: leads.map((lead) => [lead]),
        kernel: fromColumns([1], [0], [0]),
        labels: oneHot(new Array(leads.length).fill(0), 3),
      };
      // ε = −1 takes away all but what is of second order.
      const exact = onSoftmax.filter((spec) => spec.kind !== 'poly' || spec.epsilon > -1);
      await fc.assert(
        fc.asyncProperty(exact, async (spec) => {
          const actual = await runLoss(toLoss(spec), problem, upstream);
          const expected = evaluate(spec, problem, upstream);
          // Graphics processors take numbers below 1e-38 for 0, and (1 − p^q)/q has one of them over q.
          expectClose(actual.losses, expected.losses, {relative: contract.gradient, absolute: 1e-30});
          expectClose(actual.features, expected.features, {relative: contract.gradient, absolute: 1e-36});
        }),
      );
    });

    it('is finite up to the largest scores that float32 has, wherever cross-entropy is', async () => {
      const scores = [
        [3e38, -3e38],
        [3e38, 3e38],
        [1e38, -1e38],
        [-1e38, 1e38],
        [1e-38, -1e-45],
        [0, 103.9],
        [0, 104.1],
      ];
      const labels = oneHot([0, 0, 1, 1, 0, 0, 0], 2);
      await fc.assert(
        fc.asyncProperty(onSoftmax, async (spec) => {
          const upstream = scores.map(() => 1);
          const {losses, logits} = await runOnLogits(toLoss(spec), scores, labels, upstream);
          expect([...losses, ...logits.flat()].filter((value) => !Number.isFinite(value))).toEqual([]);
        }),
      );
    });

    it('is the same on softmax() as without a base', async () => {
      await fc.assert(
        fc.asyncProperty(samples(), async ({problem, upstream}) => {
          expect(await runLoss(make({base: softmax()}), problem, upstream)).toEqual(
            await runLoss(make({}), problem, upstream),
          );
        }),
      );
    });

    it('takes a formula of the user’s own as a base, whatever its numbers are called', async () => {
      const problem = {features: [[1, 2]], kernel: fromColumns([0.5, -1], [1, 1]), labels: [[1, 0]]};
      const expected = await runLoss(make({base: amsoftmax({margin: 0.4, scale: 2})}), problem, [1]);
      const close = {relative: 1e-5, absolute: 1e-6};
      const actual = await runLoss(make({base: new NumbersOfAllNames()}), problem, [1]);
      expectClose(actual.losses, expected.losses, close);
      expectClose(actual.features, expected.features, close);
    });
  });
}
