import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {asoftmax, softmax} from '../src/index.js';
import {type Problem, tolerances} from './reference/losses.js';
import {column, dot, fromColumns, norm} from './reference/vectors.js';
import {contract, expectContract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {list, roundToFloat32, samples} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {specsOf} from './support/specs.js';

// asoftmax alone warns, once, that lengths of weights do not train: see warning.test.ts.
vi.spyOn(console, 'warn').mockImplementation(() => {});

/**
 * θ_y = π/2, where ψ of m = 2 is −1; ‖x‖ = 3; the other class is at angle 0; ‖W_j‖ = 2 and 7 do not count.
 */
const atRightAngle = {features: [[3, 0]], kernel: fromColumns([0, 2], [7, 0]), labels: [[1, 0]]};

describe('asoftmax', () => {
  it('has the logits ‖x‖cos θ_j, and ‖x‖ψ(θ_y) for the true class', async () => {
    const {losses} = await runLoss(asoftmax({m: 2, lambda: 0}), atRightAngle, [1]);
    expectClose(losses, [Math.log(Math.exp(-3) + Math.exp(3)) + 3], {relative: 1e-6});
  });

  it('blends λ parts of the cosine with one part of the margin', async () => {
    const {losses} = await runLoss(asoftmax({m: 2, lambda: 2}), atRightAngle, [1]);
    expectClose(losses, [Math.log(Math.exp(-1) + Math.exp(3)) + 1], {relative: 1e-6});
  });

  it('matches the oracle in value and gradients, with any m and λ', async () => {
    await fc.assert(
      fc.asyncProperty(specsOf.asoftmax, samples(), (spec, {problem, upstream}) =>
        expectContract(spec, problem, upstream),
      ),
    );
  });

  it('equals softmax over normalised weights at m = 1, in value and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples({bias: false}),
        fc.constantFrom(0, 1, 1000),
        async ({problem, upstream}, lambda) => {
          const normalised = {...problem, normalizeKernel: true};
          expectEvaluation(
            await runLoss(asoftmax({m: 1, lambda}), problem, upstream),
            await runLoss(softmax(), normalised, upstream),
            tolerances({kind: 'softmax', labelSmoothing: 0}, normalised, upstream, contract),
          );
        },
      ),
    );
  });

  it('does not depend on the length of any W_j; its gradient is inversely proportional to it', async () => {
    const factors = list(6, fc.constantFrom(0.01, 0.3, 1, 2, 50, 1e4));
    await fc.assert(
      fc.asyncProperty(specsOf.asoftmax, samples(), factors, async (spec, {problem, upstream}, factor) => {
        const stretched = roundToFloat32({
          ...problem,
          kernel: problem.kernel.map((row) => row.map((value, j) => factor[j]! * value)),
        });
        const expected = await runLoss(toLoss(spec), problem, upstream);
        expectEvaluation(
          await runLoss(toLoss(spec), stretched, upstream),
          {...expected, kernel: expected.kernel.map((row) => row.map((value, j) => value / factor[j]!))},
          // Rounding of the stretched weights turns them by as much as the products are rounded.
          tolerances(spec, stretched, upstream, {...contract, logit: 2 * contract.logit}),
        );
      }),
    );
  });

  it('gives every W_j a gradient at right angles to it', async () => {
    await fc.assert(
      fc.asyncProperty(specsOf.asoftmax, samples(), async (spec, {problem, upstream}) => {
        const {kernel} = await runLoss(toLoss(spec), problem, upstream);
        const allowed = tolerances(spec, problem, upstream, contract).kernel;
        for (const j of problem.labels[0]!.keys()) {
          const weights = column(problem.kernel, j);
          const along = dot(column(kernel, j), weights);
          expect(Math.abs(along)).toBeLessThanOrEqual(norm(column(allowed, j)) * norm(weights));
        }
      }),
    );
  });

  it('ignores the bias', async () => {
    await fc.assert(
      fc.asyncProperty(specsOf.asoftmax, samples(), async (spec, {problem, upstream}) => {
        const {bias: _, ...unbiased}: Problem = problem;
        const actual = await runLoss(toLoss(spec), problem, upstream);
        expectClose(
          actual.bias,
          actual.bias.map(() => 0),
          {absolute: 0},
        );
        expectEvaluation(
          {...actual, bias: []},
          await runLoss(toLoss(spec), unbiased, upstream),
          tolerances(spec, unbiased, upstream, contract),
        );
      }),
    );
  });

  it('gives a column of zeros the logit 0 and no gradient', async () => {
    const problem = {
      features: [[3, 4]],
      kernel: fromColumns([0, 0], [1, 0]),
      labels: [[0, 1]],
    };
    const {losses, kernel} = await runLoss(asoftmax({m: 1, lambda: 0}), problem, [1]);
    expectClose(losses, [Math.log(1 + Math.exp(3)) - 3], {relative: 1e-5});
    expectClose(column(kernel, 0), [0, 0], {absolute: 0});
  });

  it('takes cos θ_y as 0 where W_y is 0, and passes no gradient to it', async () => {
    // ψ(π/2) is −1 at m = 2.
    const problem = {
      features: [[3, 4]],
      kernel: fromColumns([0, 0], [1, 0]),
      labels: [[1, 0]],
    };
    const {losses, features, kernel} = await runLoss(asoftmax({m: 2, lambda: 0}), problem, [1]);
    const p = Math.exp(-5) / (Math.exp(-5) + Math.exp(3));
    expectClose(losses, [-Math.log(p)], {relative: 1e-6});
    expectClose(features, [[(p - 1) * -0.6 + (1 - p), (p - 1) * -0.8]], {absolute: 1e-6});
    expectClose(column(kernel, 0), [0, 0], {absolute: 0});
  });
});
