import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {lsoftmax, softmax} from '../src/index.js';
import {evaluate, type LossSpec, tolerances} from './reference/losses.js';
import {dot, fromColumns} from './reference/vectors.js';
import {contract, expectContract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {fewCases} from './support/fewCases.js';
import {oneHot, roundToFloat32, samples} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

/** θ_y = π/2, where ψ of m = 2 is −1; ‖W_y‖‖x‖ = 2·3; the other logit is 3. */
const atRightAngle = {features: [[3, 0]], kernel: fromColumns([0, 2], [1, 0]), labels: [[1, 0]]};

describe('lsoftmax', () => {
  it('replaces the true class’s logit by ‖W_y‖‖x‖ψ(θ_y)', async () => {
    const {losses} = await runLoss(lsoftmax({m: 2, lambda: 0}), atRightAngle, [1]);
    expectClose(losses, [Math.log(Math.exp(-6) + Math.exp(3)) + 6], {relative: 1e-6});
  });

  it('blends λ parts of the plain logit with one part of the margin', async () => {
    const {losses} = await runLoss(lsoftmax({m: 2, lambda: 2}), atRightAngle, [1]);
    expectClose(losses, [Math.log(Math.exp(-2) + Math.exp(3)) + 2], {relative: 1e-6});
  });

  it('matches the oracle in value and gradients, with any m and λ', async () => {
    await fc.assert(
      fc.asyncProperty(specsOf.lsoftmax, samples(), (spec, {problem, upstream}) =>
        expectContract(spec, problem, upstream),
      ),
    );
  });

  it.each(['lsoftmax', 'asoftmax'] as const)('%s has as many steps of ψ as m asks for', async (kind) => {
    const thetas = [0.5, 1, 2, 2.7, 3.1, 0.999 * Math.PI];
    const problem = roundToFloat32({
      features: thetas.map((theta) => [Math.cos(theta), Math.sin(theta), 0]),
      kernel: fromColumns([1, 0, 0], [0, 0, 1]),
      labels: oneHot(new Array(thetas.length).fill(0), 2),
    });
    for (const m of [99, 100]) {
      const {losses} = await runLoss(toLoss({kind, m, lambda: 0}), problem, thetas);
      expectClose(losses, evaluate({kind, m, lambda: 0}, problem, thetas).losses, {relative: 1e-4});
    }
  });

  it('equals softmax at m = 1, in value and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), fc.constantFrom(0, 1, 1000), async ({problem, upstream}, lambda) => {
        const plain: LossSpec = {kind: 'softmax', labelSmoothing: 0};
        expectEvaluation(
          await runLoss(lsoftmax({m: 1, lambda}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
          tolerances(plain, problem, upstream, contract),
        );
      }),
    );
  });

  it('tends to softmax as λ grows', async () => {
    await fc.assert(
      fc.asyncProperty(samples(), async ({problem, upstream}) => {
        const spec: LossSpec = {kind: 'lsoftmax', m: 4, lambda: 1e6};
        // ψ and its slope differ from the cosine's by at most 16, a millionth of which is left.
        const loose = {...contract, logit: 2e-5, gradient: 2e-4};
        expectEvaluation(
          await runLoss(lsoftmax({m: 4, lambda: 1e6}), problem, upstream),
          await runLoss(softmax(), problem, upstream),
          tolerances(spec, problem, upstream, loose),
        );
      }),
    );
  });

  it('grows with m', async () => {
    await fc.assert(
      fc.asyncProperty(samples({minClasses: 2}), async ({problem, upstream}) => {
        const lossesAt = async (m: number) =>
          (await runLoss(lsoftmax({m, lambda: 0}), problem, upstream)).losses;
        for (let m = 1; m < 8; m++) {
          const [smaller, larger] = [await lossesAt(m), await lossesAt(m + 1)];
          const rounding = tolerances(
            {kind: 'lsoftmax', m: m + 1, lambda: 0},
            problem,
            upstream,
            contract,
          ).losses;
          for (const [example, loss] of larger.entries()) {
            expect(loss).toBeGreaterThanOrEqual(smaller[example]! - rounding[example]!);
          }
        }
      }),
      fewCases,
    );
  });

  it('grows strictly with m wherever the angle is not 0', async () => {
    const angles = fc.double({min: 0.3, max: Math.PI, noNaN: true});
    await fc.assert(
      fc.asyncProperty(angles, async (theta) => {
        const problem = {
          features: [[Math.cos(theta), Math.sin(theta)]],
          kernel: fromColumns([1, 0], [0, 0]),
          labels: [[1, 0]],
        };
        const losses: number[] = [];
        for (let m = 1; m <= 8; m++) {
          losses.push((await runLoss(lsoftmax({m, lambda: 0}), problem, [1])).losses[0]!);
        }
        expect(losses).toEqual([...new Set(losses)].sort((a, b) => a - b));
      }),
    );
  });

  it('adds the bias to the logit outside of the margin', async () => {
    const problem = {...atRightAngle, bias: [5, -1]};
    const {losses, bias} = await runLoss(lsoftmax({m: 2, lambda: 0}), problem, [1]);
    const [target, other] = [-6 + 5, 3 - 1];
    const p = Math.exp(target) / (Math.exp(target) + Math.exp(other));
    expectClose(losses, [-Math.log(p)], {relative: 1e-6});
    expectClose(bias, [p - 1, 1 - p], {absolute: 1e-6});
  });

  it('takes cos θ as 0 where x or W_y is 0, so that the true logit is 0', async () => {
    const kernel = fromColumns([1, 3], [2, 4]);
    const withoutW = fromColumns([0, 0], [2, 4]);
    for (const m of [1, 2, 3, 4]) {
      const spec: LossSpec = {kind: 'lsoftmax', m, lambda: 0};
      for (const problem of [
        {features: [[0, 0]], kernel, labels: [[1, 0]]},
        {features: [[1, 0.5]], kernel: withoutW, labels: [[1, 0]]},
        {features: [[0, 0]], kernel: withoutW, labels: [[1, 0]]},
      ]) {
        const otherLogit = dot(problem.features[0]!, [2, 4]);
        const {losses} = await runLoss(toLoss(spec), problem, [1]);
        expectClose(losses, [Math.log1p(Math.exp(otherLogit))], {relative: 1e-6});
        await expectContract(spec, problem, [1]);
      }
    }
  });
});
