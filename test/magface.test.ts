import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {arcface, magface} from '../src/index.js';
import {tolerances} from './reference/losses.js';
import {dot, fromColumns, scale, unit} from './reference/vectors.js';
import {contract, expectContract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, roundToFloat32, samples, samplesOfAnyHead} from './support/problems.js';
import {runLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const options = {minNorm: 2, maxNorm: 10, minMargin: 0.2, maxMargin: 0.6, scale: 4} as const;
const kernel = fromColumns([1, 0], [-0.5, 1], [-1, -1]);

describe('magface', () => {
  it('is ArcFace with a margin that grows with ‖x‖, plus g(‖x‖)', async () => {
    const norms = [0.5, 2.5, 6, 9.5, 40];
    const problem = roundToFloat32({
      features: norms.map((length) => scale(length, unit([1, 0.4]))),
      kernel,
      labels: oneHot([0, 0, 0, 0, 0], 3),
    });
    const {losses} = await runLoss(
      magface({...options, regularizer: 3}),
      problem,
      norms.map(() => 1),
    );
    for (const [i, length] of norms.entries()) {
      const a = Math.min(Math.max(length, 2), 10);
      const margin = 0.2 + (0.4 * (a - 2)) / 8;
      const alone = await runLoss(
        arcface({margin, scale: 4}),
        problem,
        norms.map(() => 1),
      );
      expectClose(losses[i]!, alone.losses[i]! + 3 * (a / 100 + 1 / a), {relative: 1e-5});
    }
  });

  it('is ArcFace where the margin is constant and the regulariser 0', async () => {
    const constant = magface({minMargin: 0.3, maxMargin: 0.3, regularizer: 0});
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        expectEvaluation(
          await runLoss(constant, problem, upstream),
          await runLoss(arcface({margin: 0.3}), problem, upstream),
          tolerances({kind: 'arcface', margin: 0.3, scale: 'auto'}, problem, upstream, contract),
        );
      }),
    );
  });

  it('pulls the norm up by −g′ where the margin is constant, and not at all outside of its bounds', async () => {
    const norms = [1, 2.5, 6, 9.5, 20];
    const directions = norms.map((_, i) => unit([1, i - 2]));
    const problem = roundToFloat32({
      features: norms.map((length, i) => scale(length, directions[i]!)),
      kernel,
      labels: oneHot([0, 1, 2, 1, 0], 3),
    });
    const loss = magface({...options, maxMargin: 0.2, regularizer: 3});
    const {features} = await runLoss(
      loss,
      problem,
      norms.map(() => 1),
    );
    const expected = norms.map((a) => (a < 2 || a > 10 ? 0 : 3 * (1 / 100 - 1 / a ** 2)));
    expectClose(
      features.map((gradient, i) => dot(gradient, directions[i]!)),
      expected,
      {absolute: 1e-5},
    );
  });

  it('holds the norm back where the example is hard', async () => {
    const along = (angle: number) => scale(6, [Math.cos(angle), Math.sin(angle)]);
    const problem = roundToFloat32({features: [along(0.1), along(1.2)], kernel, labels: oneHot([0, 0], 3)});
    const {features} = await runLoss(magface({...options, regularizer: 3}), problem, [1, 1]);
    const [easy, hard] = features.map((gradient, i) => dot(gradient, problem.features[i]!));
    expect(easy).toBeLessThan(0);
    expect(hard).toBeGreaterThan(0);
  });

  it('gives the regulariser 35 at a scale of 64, and as much less as the scale is', async () => {
    const problem = {features: [[3, 4]], kernel, labels: oneHot([0], 3)};
    for (const scale of [64, 16, 1]) {
      expect(await runLoss(magface({...options, scale}), problem, [1])).toEqual(
        await runLoss(magface({...options, scale, regularizer: (35 * scale) / 64}), problem, [1]),
      );
    }
  });

  it.each([samplesOfAnyHead(), samples({extreme: true})])('matches the oracle', async (batches) => {
    await fc.assert(
      fc.asyncProperty(specsOf.magface, batches, (spec, {problem, upstream}) =>
        expectContract(spec, problem, upstream),
      ),
    );
  });

  it('names the options in its formula that are not the defaults', () => {
    expect(String(magface())).toBe('magface');
    expect(String(magface({minNorm: 1, maxNorm: 51, maxMargin: 1, regularizer: 5, scale: 64}))).toBe(
      'magface(l_a=1, u_a=51, u_m=1, λ_g=5, s=64)',
    );
  });
});
