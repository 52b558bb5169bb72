import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {arcface, marginLogits, normalizedSoftmax} from '../src/index.js';
import {evaluate, tolerances} from './reference/losses.js';
import {add, column, dot, fromColumns, norm, scale, unit} from './reference/vectors.js';
import {contract, expectEvaluation} from './support/contract.js';
import {describeCosines, expectSmoothFall, targetLogits} from './support/cosineLosses.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, roundToFloat32, samples} from './support/problems.js';
import {runLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

describe('arcface', () => {
  it('has the logit s·cos(θ_y + m), reflected at its lowest point', async () => {
    const {thetas, logits} = await targetLogits(arcface({margin: 0.5, scale: 1}));
    const expected = thetas.map((theta) =>
      theta <= Math.PI - 0.5 ? Math.cos(theta + 0.5) : -2 - Math.cos(theta + 0.5),
    );
    expectClose(logits, expected, {absolute: 1e-5});
  });

  it.each([0, 0.1, 0.5, 2, 3.1])(
    'has a logit of the true class that falls smoothly at m = %d',
    async (margin) => {
      expectSmoothFall(await targetLogits(arcface({margin, scale: 1})), 1);
    },
  );

  it('is normalizedSoftmax at m = 0', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        expectEvaluation(
          await runLoss(arcface({margin: 0}), problem, upstream),
          await runLoss(normalizedSoftmax(), problem, upstream),
          tolerances({kind: 'normalizedSoftmax', scale: 'auto'}, problem, upstream, contract),
        );
      }),
    );
  });

  it('has no gradient by the angle at exactly 0 and π', async () => {
    const weights = [1.5, -0.3, 0.7].map(Math.fround);
    const features = [weights.map((value) => 4 * value), weights.map((value) => -value)];
    const problem = {features, kernel: fromColumns(weights, [0, 0, 0]), labels: oneHot([0, 0], 2)};
    const {losses, features: gradients} = await runLoss(arcface({margin: 0.5, scale: 1}), problem, [1, 1]);
    const logits = [Math.cos(0.5), -2 + Math.cos(0.5)];
    expectClose(
      losses,
      logits.map((f) => Math.log1p(Math.exp(-f))),
      {relative: 1e-5},
    );
    expectClose(
      gradients,
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      {absolute: 1e-6},
    );
  });

  it('takes as many examples as an image has pixels', {timeout: 30_000}, async () => {
    const features = tf.tensor2d([1, 2, -1, 0.5, 0.3, -2, 2, 1, 1, 1], [5, 2]);
    const kernel = tf.tensor2d([1, -1, 0.5, 0.2, 1, -1], [2, 3]);
    const gradientOf = (copies: number) => {
      const labels = tf.tile(tf.tensor1d([0, 1, 2, 0, 2], 'int32'), [copies]);
      const lossOf = (w: tf.Tensor) =>
        arcface({scale: 4})(labels, marginLogits(tf.tile(features, [copies, 1]), w as tf.Tensor2D));
      return tf.div(tf.grad(lossOf)(kernel), copies).data();
    };
    expectClose([...(await gradientOf(13_107))], [...(await gradientOf(1))], {absolute: 1e-3});
  });

  describe.each([1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])('at θ = %d', (theta) => {
    it('has the digits of the angle', async () => {
      expect(await gradientError(theta, false)).toBeLessThan(1e-4);
    });

    it('has those that are left of it in columns rounded after normalizeKernel', async () => {
      const error = await gradientError(theta, true);
      expect(error).toBeLessThan(1e-5 + 2 ** -24 / theta);
      expect(error).toBeGreaterThan(2 ** -28 / theta); // if not, the documented limit is gone
    });
  });

  it('has the margin in its formula', () => {
    expect(String(arcface())).toBe('arcface(m=0.5)');
    expect(String(arcface({margin: 0.3, scale: 16}))).toBe('arcface(m=0.3, s=16)');
  });

  describeCosines(specsOf.arcface);
});

/** How far the gradients are from the oracle's, relative to their lengths: the largest of several examples at an angle. */
async function gradientError(theta: number, normalizeKernel: boolean): Promise<number> {
  const spec = {kind: 'arcface', margin: 0.5, scale: 1} as const;
  let largest = 0;
  for (let k = 1; k <= 8; k++) {
    const weights = [1.5 * k, -0.3, 0.7, k / 7, -1];
    const along = unit(weights);
    const other = [0.2, k, -0.9, 1.1, 0.4];
    const across = unit(add(other, scale(-dot(other, along), along)));
    const x = add(scale(Math.cos(theta), along), scale(Math.sin(theta), across));
    const problem = {
      ...roundToFloat32({features: [x], kernel: fromColumns(weights, other), labels: oneHot([0], 2)}),
      normalizeKernel,
    };
    const actual = await runLoss(arcface({margin: 0.5, scale: 1}), problem, [1]);
    const expected = evaluate(spec, problem, [1]);
    const pairs = [
      [actual.features[0]!, expected.features[0]!],
      [column(actual.kernel, 0), column(expected.kernel, 0)],
    ] as const;
    for (const [gradient, exact] of pairs) {
      largest = Math.max(largest, norm(add(gradient, scale(-1, exact))) / norm(exact));
    }
  }
  return largest;
}
