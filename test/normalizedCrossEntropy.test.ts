import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {normalizedCrossEntropy} from '../src/index.js';
import {add, scale} from './reference/vectors.js';
import {contract, expectContract} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {gridNumber, list, oneHot, samples, samplesOfAnyHead} from './support/problems.js';
import {runOnLogits} from './support/runLoss.js';

describe('normalizedCrossEntropy', () => {
  it('is log p_y / Σ_k log p_k', async () => {
    const scores = [[Math.log(1), Math.log(2), Math.log(5)]];
    const p = [1 / 8, 2 / 8, 5 / 8];
    const total = -Math.log(p[0]! * p[1]! * p[2]!);
    const expected = -Math.log(p[1]!) / total;
    const {losses, logits} = await runOnLogits(normalizedCrossEntropy(), scores, oneHot([1], 3), [1]);
    expectClose(losses, [expected], {relative: 1e-6});
    const ofOwn = add(p, [0, -1, 0]);
    const ofAll = add(scale(3, p), [-1, -1, -1]);
    expectClose(logits, [scale(1 / total, add(ofOwn, scale(-expected, ofAll)))], {absolute: 1e-6});
  });

  it('adds up to 1 over the labels that an example may have, and its gradients to 0', async () => {
    const rows = fc.integer({min: 2, max: 8}).chain((classes) => list(classes, gridNumber));
    await fc.assert(
      fc.asyncProperty(rows, async (row) => {
        const ids = [...row.keys()];
        const {losses, logits} = await runOnLogits(
          normalizedCrossEntropy(),
          ids.map(() => row),
          oneHot(ids, row.length),
          ids.map(() => 1),
        );
        expectClose(
          losses.reduce((sum, value) => sum + value, 0),
          1,
          {absolute: 1e-5},
        );
        expectClose(logits.reduce(add), scale(0, row), {absolute: 1e-5});
      }),
    );
  });

  it('is 0 where there is one class, and so is its gradient', async () => {
    const {losses, logits} = await runOnLogits(normalizedCrossEntropy(), [[3], [-1e4]], [[1], [1]], [1, 1]);
    expectClose(losses, [0, 0], {absolute: 0});
    expectClose(logits, [[0], [0]], {absolute: 0});
  });

  it('is finite for scores of ±1e38', async () => {
    const scores = [
      [1e38, -1e38, 0],
      [-1e38, 1e38, 1e38],
      [0, 0, 1e38],
    ];
    const {losses, logits} = await runOnLogits(
      normalizedCrossEntropy(),
      scores,
      oneHot([0, 0, 0], 3),
      [1, 1, 1],
    );
    expectClose(losses, [0, 1, 0.5], {absolute: 1e-5});
    expectClose(logits, scores.map(scale.bind(null, 0)), {absolute: 1e-6});
  });

  it.each([samples({extreme: true}), samplesOfAnyHead()])('matches the oracle', async (batches) => {
    await fc.assert(
      fc.asyncProperty(batches, ({problem, upstream}) =>
        expectContract({kind: 'normalizedCrossEntropy'}, problem, upstream),
      ),
    );
  });

  it('keeps the digits of a loss near 0', async () => {
    const leads = [5, 16, 20, 40, 60, 80];
    const scores = leads.map((lead) => [lead, 0, 0]);
    const {losses} = await runOnLogits(
      normalizedCrossEntropy(),
      scores,
      oneHot(new Array(leads.length).fill(0), 3),
      leads.map(() => 1),
    );
    const expected = leads.map((lead) => {
      const own = Math.log1p(2 * Math.exp(-lead));
      return own / (3 * own + 2 * lead);
    });
    expectClose(losses, expected, {relative: contract.value * 10});
  });

  it('has no options', () => {
    expect(String(normalizedCrossEntropy())).toBe('normalizedCrossEntropy');
    expect(normalizedCrossEntropy().getConfig()).toEqual({name: 'normalizedCrossEntropy'});
  });
});
