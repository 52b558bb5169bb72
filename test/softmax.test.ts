import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {softmax} from '../src/index.js';
import {crossEntropyRow} from './reference/rowLosses.js';
import {fromRows, scale} from './reference/vectors.js';
import {contract} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {gridNumber, list, oneHot} from './support/problems.js';
import {runOnLogits} from './support/runLoss.js';

/** Scores, and label rows that are one-hot, soft, or no distribution at all. */
const batches = fc
  .record({batch: fc.integer({min: 1, max: 4}), classes: fc.integer({min: 1, max: 5})})
  .chain(({batch, classes}) =>
    fc.record({
      scores: list(batch, list(classes, gridNumber)),
      labels: list(
        batch,
        fc.oneof(
          fc.integer({min: 0, max: classes - 1}).map((y) => oneHot([y], classes)[0]!),
          list(
            classes,
            fc.integer({min: 0, max: 16}).map((value) => value / 16),
          ),
        ),
      ),
      upstream: list(batch, gridNumber),
      smoothing: fc.constantFrom(0, 0, 0.1, 0.5),
    }),
  );

describe('softmax', () => {
  it('is −log p_y, with the gradient p − q', async () => {
    const scores = [[Math.log(1), Math.log(2), Math.log(5)]];
    const {losses, logits} = await runOnLogits(softmax(), scores, oneHot([1], 3), [1]);
    expectClose(losses, [-Math.log(2 / 8)], {relative: 1e-6});
    expectClose(logits, [[1 / 8, 2 / 8 - 1, 5 / 8]], {absolute: 1e-6});
  });

  it('is −Σ q log p for soft labels and smoothed ones', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({scores, labels, upstream, smoothing}) => {
        const {losses, logits} = await runOnLogits(
          softmax({labelSmoothing: smoothing}),
          scores,
          labels,
          upstream,
        );
        const classes = scores[0]!.length;
        const rows = scores.map((row, example) =>
          crossEntropyRow(
            row,
            labels[example]!.map((q) => (1 - smoothing) * q + smoothing / classes),
          ),
        );
        expectClose(
          losses,
          rows.map(({value}) => value),
          {relative: contract.value, absolute: contract.absolute * classes},
        );
        expectClose(
          logits,
          rows.map(({slopes}, example) => scale(upstream[example]!, slopes)),
          {absolute: 1e-5},
        );
      }),
    );
  });

  it('does not change when all scores of an example shift together', async () => {
    await fc.assert(
      fc.asyncProperty(batches, gridNumber, async ({scores, labels, upstream}, shift) => {
        // The scores are shifted without rounding, so not a bit may change.
        const shifted = scores.map((row, example) => row.map((score) => score + shift * (example + 1)));
        expect(await runOnLogits(softmax(), shifted, labels, upstream)).toEqual(
          await runOnLogits(softmax(), scores, labels, upstream),
        );
      }),
    );
  });

  it('passes on a gradient that sums to 0', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({scores, labels, upstream, smoothing}) => {
        const {logits} = await runOnLogits(softmax({labelSmoothing: smoothing}), scores, labels, upstream);
        expectClose(
          logits.map((row) => row.reduce((sum, value) => sum + value, 0)),
          scores.map(() => 0),
          {
            absolute: 1e-5,
          },
        );
      }),
    );
  });

  it('keeps value and gradient of a confidently wrong example', async () => {
    const {losses, logits} = await runOnLogits(softmax(), [[40, -40, 0]], oneHot([1], 3), [1]);
    expectClose(losses, [80], {relative: 1e-6});
    expectClose(logits, [[1, -1, 0]], {absolute: 1e-6});
  });

  it('is right for scores of ±1e4 and ties of them', async () => {
    const scores = fromRows([1e4, -1e4], [-1e4, 1e4], [1e4, 1e4], [-1e4, -1e4]);
    const {losses, logits} = await runOnLogits(softmax(), scores, oneHot([0, 0, 0, 0], 2), [1, 1, 1, 1]);
    expectClose(losses, [0, 2e4, Math.LN2, Math.LN2], {relative: 1e-6});
    expectClose(logits, fromRows([0, 0], [-1, 1], [-0.5, 0.5], [-0.5, 0.5]), {absolute: 1e-6});
  });

  it('is finite up to the largest scores that float32 has, wherever the loss is', async () => {
    const scores = fromRows([3e38, -3e38], [3e38, 3e38], [-3e38, -3e38], [1e38, -1e38]);
    const {losses, logits} = await runOnLogits(softmax(), scores, oneHot([0, 0, 0, 1], 2), [1, 1, 1, 1]);
    expectClose(losses, [0, Math.LN2, Math.LN2, 2e38], {relative: 1e-6});
    expectClose(logits, fromRows([0, 0], [-0.5, 0.5], [-0.5, 0.5], [1, -1]), {absolute: 1e-6});
  });

  it('is 0 when there is one class', async () => {
    const {losses, logits} = await runOnLogits(softmax(), [[3], [-1e4]], [[1], [1]], [1, 1]);
    expectClose(losses, [0, 0], {absolute: 0});
    expectClose(logits, [[0], [0]], {absolute: 0});
  });
});
