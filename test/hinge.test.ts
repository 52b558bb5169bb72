import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {hinge} from '../src/index.js';
import {fromRows} from './reference/vectors.js';
import {expectContract} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {gridNumber, list, oneHot, samplesOfAnyHead} from './support/problems.js';
import {runOnLogits} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

/**
 * Scores and true classes; the numbers are multiples of 1/1024, so that sums and differences of them are
 * exact.
 */
const batches = fc
  .record({batch: fc.integer({min: 1, max: 4}), classes: fc.integer({min: 1, max: 5})})
  .chain(({batch, classes}) =>
    fc.record({
      scores: list(batch, list(classes, gridNumber)),
      classIds: list(batch, fc.integer({min: 0, max: classes - 1})),
      upstream: list(batch, gridNumber),
      margin: fc.integer({min: 0, max: 4096}).map((value) => value / 1024),
    }),
  );

describe('hinge', () => {
  it('sums the violated margins over all classes but the true one', async () => {
    const scores = [[2, 1.5, -3, 4]];
    const {losses, logits} = await runOnLogits(hinge(), scores, oneHot([0], 4), [2]);
    expectClose(losses, [0.5 + 3], {absolute: 0});
    expectClose(logits, [[-4, 2, 0, 2]], {absolute: 0});
  });

  it('takes any margin, 0 included', async () => {
    const scores = [[2, 1.5, -3, 4]];
    expectClose((await runOnLogits(hinge({margin: 0}), scores, oneHot([0], 4), [1])).losses, [2], {
      absolute: 0,
    });
    expectClose((await runOnLogits(hinge({margin: 10}), scores, oneHot([0], 4), [1])).losses, [26.5], {
      absolute: 0,
    });
  });

  it('keeps the digits of a margin among large scores', async () => {
    const scores = [[1e4, 1e4, -1e4, 1e4]];
    const {losses, logits} = await runOnLogits(hinge({margin: 0.3}), scores, oneHot([0], 4), [1]);
    expectClose(losses, [0.6], {relative: 1e-5});
    expectClose(logits, [[-2, 1, 0, 1]], {absolute: 0});
  });

  it('is NaN for a score that is, even if there is no other class', async () => {
    const {losses} = await runOnLogits(hinge(), [[Number.NaN], [1]], [[1], [1]], [1, 1]);
    expectClose(losses, [Number.NaN, 0], {absolute: 0});
  });

  it('is exactly 0, gradient included, when all margins hold', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({scores, classIds, upstream, margin}) => {
        const separated = scores.map((row, example) => {
          const y = classIds[example]!;
          const others = row.filter((_, j) => j !== y);
          return row.map((score, j) =>
            j === y ? Math.max(score, ...others.map((other) => other + margin)) : score,
          );
        });
        const labels = oneHot(classIds, scores[0]!.length);
        const {losses, logits} = await runOnLogits(hinge({margin}), separated, labels, upstream);
        expectClose(
          losses,
          losses.map(() => 0),
          {absolute: 0},
        );
        expectClose(
          logits,
          scores.map((row) => row.map(() => 0)),
          {absolute: 0},
        );
      }),
    );
  });

  it('does not change when all scores of an example shift together', async () => {
    await fc.assert(
      fc.asyncProperty(batches, gridNumber, async ({scores, classIds, upstream, margin}, shift) => {
        const labels = oneHot(classIds, scores[0]!.length);
        const shifted = scores.map((row, example) => row.map((score) => score + shift * (example + 1)));
        const loss = hinge({margin});
        expect(await runOnLogits(loss, shifted, labels, upstream)).toEqual(
          await runOnLogits(loss, scores, labels, upstream),
        );
      }),
    );
  });

  it('passes on a gradient that sums to 0', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({scores, classIds, upstream, margin}) => {
        const labels = oneHot(classIds, scores[0]!.length);
        const {logits} = await runOnLogits(hinge({margin}), scores, labels, upstream);
        expectClose(
          logits.map((row) => row.reduce((sum, value) => sum + value, 0)),
          scores.map(() => 0),
          {absolute: 0},
        );
      }),
    );
  });

  it('has the subgradient 0 exactly at a kink, and the full one right beside it', async () => {
    const scores = fromRows([1, 0, 0.5], [1, 2 ** -20, 0.5]);
    const {losses, logits} = await runOnLogits(hinge(), scores, oneHot([0, 0], 3), [1, 1]);
    expectClose(losses, [0.5, 0.5 + 2 ** -20], {absolute: 0});
    expectClose(logits, fromRows([-1, 0, 1], [-2, 1, 1]), {absolute: 0});
  });

  it('counts every class of a tie once, the true class never', async () => {
    const {losses, logits} = await runOnLogits(hinge(), [[3, 3, 3, 3]], oneHot([2], 4), [1]);
    expectClose(losses, [3], {absolute: 0});
    expectClose(logits, [[1, 1, -3, 1]], {absolute: 0});
  });

  it.each([
    [{squared: true}, 0.25 + 9, [-7, 1, 0, 6]],
    [{form: 'max'}, 3, [-1, 0, 0, 1]],
    [{form: 'max', squared: true}, 9, [-6, 0, 0, 6]],
  ] as const)('with %o', async (options, value, gradient) => {
    const {losses, logits} = await runOnLogits(hinge(options), [[2, 1.5, -3, 4]], oneHot([0], 4), [1]);
    expectClose(losses, [value], {absolute: 0});
    expectClose(logits, [[...gradient]], {absolute: 0});
  });

  it("gives classes that tie for the largest an equal part of the gradient with form: 'max'", async () => {
    const {losses, logits} = await runOnLogits(hinge({form: 'max'}), [[1, 1, 0, 1]], oneHot([2], 4), [3]);
    expectClose(losses, [2], {absolute: 0});
    expectClose(logits, [[1, 1, -3, 1]], {relative: 1e-6});
  });

  it('has no largest among no other classes', async () => {
    const {losses, logits} = await runOnLogits(hinge({form: 'max'}), [[5]], [[1]], [1]);
    expectClose(losses, [0], {absolute: 0});
    expectClose(logits, [[0]], {absolute: 0});
  });

  it.each([{squared: true}, {form: 'max'}] as const)(
    'is NaN for a logit that is, with %o',
    async (options) => {
      const scores = fromRows([1, Number.NaN, 0], [Number.NaN, 0, 1], [3, 0, 0]);
      const {losses, logits} = await runOnLogits(hinge(options), scores, oneHot([0, 0, 0], 3), [1, 1, 1]);
      expectClose(losses, [Number.NaN, Number.NaN, 0], {absolute: 0});
      expectClose(logits, [...scores.slice(1).map(() => [Number.NaN, Number.NaN, Number.NaN]), [0, 0, 0]], {
        absolute: 0,
      });
    },
  );

  it('matches the oracle in every form', async () => {
    await fc.assert(
      fc.asyncProperty(specsOf.hinge, samplesOfAnyHead(), (spec, {problem, upstream}) =>
        expectContract(spec, problem, upstream),
      ),
    );
  });

  it('names its form where it is not the usual one', () => {
    expect(String(hinge({form: 'max', squared: true}))).toBe('hinge(Δ=1, squared=true, form=max)');
    const {name, ...options} = hinge({form: 'max', squared: true}).getConfig();
    expect([name, options]).toEqual(['hinge', {margin: 1, squared: true, form: 'max'}]);
  });

  it('is exact for scores of ±1e4', async () => {
    const scores = fromRows([1e4, -1e4, 1e4], [-1e4, 1e4, 1e4]);
    const {losses, logits} = await runOnLogits(hinge(), scores, oneHot([0, 0], 3), [1, 1]);
    expectClose(losses, [1, 40002], {absolute: 0});
    expectClose(logits, fromRows([-1, 0, 1], [-2, 1, 1]), {absolute: 0});
  });
});
