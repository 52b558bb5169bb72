import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {autoScale, lossFromConfig} from '../../src/index.js';
import type {Loss} from '../../src/loss/loss.js';
import {evaluate, type LossSpec, type Problem, tolerances} from '../reference/losses.js';
import {column, dot, fromColumns, norm} from '../reference/vectors.js';
import {contract, expectContract, expectEvaluation} from './contract.js';
import {expectClose} from './expectClose.js';
import {list, oneHot, roundToFloat32, samples} from './problems.js';
import {runLoss, toLoss} from './runLoss.js';

/** The properties that all losses of s·cos θ_j share. */
export function describeCosines(specs: fc.Arbitrary<LossSpec>): void {
  // One of them alone warns, once, that lengths of weights do not train: see warning.test.ts.
  vi.spyOn(console, 'warn').mockImplementation(() => {});

  describe('as a loss of cosines', () => {
    it('matches the oracle', async () => {
      await fc.assert(
        fc.asyncProperty(specs, samples(), (spec, {problem, upstream}) =>
          expectContract(spec, problem, upstream),
        ),
      );
    });

    it('does not depend on lengths; its gradients are inversely proportional to them', async () => {
      const factors = fc.integer({min: -12, max: 12}).map((power) => 2 ** power);
      await fc.assert(
        fc.asyncProperty(
          specs,
          samples(),
          list(5, factors),
          list(6, factors),
          async (spec, {problem, upstream}, ofRows, ofColumns) => {
            const [row, columns] = [
              (rows: Problem['features'], power: 1 | -1) =>
                rows.map((values, i) => values.map((value) => value * ofRows[i]! ** power)),
              (rows: Problem['kernel'], power: 1 | -1) =>
                rows.map((values) => values.map((value, j) => value * ofColumns[j]! ** power)),
            ];
            const {features, kernel} = problem;
            const stretched = {...problem, features: row(features, 1), kernel: columns(kernel, 1)};
            const expected = await runLoss(toLoss(spec), problem, upstream);
            expectEvaluation(
              await runLoss(toLoss(spec), stretched, upstream),
              {...expected, features: row(expected.features, -1), kernel: columns(expected.kernel, -1)},
              tolerances(spec, stretched, upstream, contract),
            );
          },
        ),
      );
    });

    it('has gradients at right angles to x and to every W_j', async () => {
      await fc.assert(
        fc.asyncProperty(specs, samples(), async (spec, {problem, upstream}) => {
          const {features, kernel} = await runLoss(toLoss(spec), problem, upstream);
          const allowed = tolerances(spec, problem, upstream, contract);
          const expectRightAngle = (gradient: number[], vector: number[], error: number[]) =>
            expect(Math.abs(dot(gradient, vector))).toBeLessThanOrEqual(norm(error) * norm(vector));
          features.forEach((gradient, i) => {
            expectRightAngle([...gradient], [...problem.features[i]!], [...allowed.features[i]!]);
          });
          for (const j of problem.labels[0]!.keys()) {
            expectRightAngle(column(kernel, j), column(problem.kernel, j), column(allowed.kernel, j));
          }
        }),
      );
    });

    it('ignores the bias', async () => {
      await fc.assert(
        fc.asyncProperty(specs, samples(), async (spec, {problem, upstream}) => {
          const {bias: _, ...unbiased}: Problem = problem;
          const {bias, ...actual} = await runLoss(toLoss(spec), problem, upstream);
          expect(bias.map(Math.abs)).toEqual(bias.map(() => 0));
          expectEvaluation(
            {...actual, bias: []},
            await runLoss(toLoss(spec), unbiased, upstream),
            tolerances(spec, unbiased, upstream, contract),
          );
        }),
      );
    });

    it("has the scale autoScale(classes) if that is 'auto'", async () => {
      await fc.assert(
        fc.asyncProperty(specs, samples({minClasses: 2}), async (spec, {problem, upstream}) => {
          const scaled = (scale: number | 'auto') => toLoss({...spec, scale} as LossSpec);
          expect(await runLoss(scaled('auto'), problem, upstream)).toEqual(
            await runLoss(scaled(autoScale(problem.labels[0]!.length)), problem, upstream),
          );
        }),
      );
    });

    it('takes a cosine as 0, without a gradient, where x or W_j is 0 or both are tiny', async () => {
      const problem = roundToFloat32({
        features: [
          [0, 0],
          [3e-16, 4e-16],
          [3, 4],
        ],
        kernel: fromColumns([4e-16, 3e-16], [0, 0], [1, -1]),
        labels: oneHot([0, 0, 1], 3),
      });
      await fc.assert(
        fc.asyncProperty(specs, async (spec) => {
          const actual = await runLoss(toLoss(spec), problem, [1, 1, 1]);
          const expected = evaluate(spec, problem, [1, 1, 1]);
          expectClose(actual.losses, expected.losses, {
            relative: contract.value,
            absolute: contract.absolute,
          });
          expect(actual.features[0]!.map(Math.abs)).toEqual([0, 0]);
          expect(column(actual.kernel, 1).map(Math.abs)).toEqual([0, 0]);
          // Of the three pairs with W_0 the last alone has an angle, but is of another class.
          expectEvaluation(actual, expected, tolerances(spec, problem, [1, 1, 1], contract));
        }),
      );
    });

    it('comes back from its config', () => {
      fc.assert(
        fc.property(specs, (spec) => {
          const loss = toLoss(spec);
          const {kind, ...options} = spec;
          expect(loss.getConfig()).toEqual({name: kind, ...options});
          const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())));
          expect(again.getConfig()).toEqual(loss.getConfig());
          expect(String(again)).toBe(String(loss));
        }),
      );
    });
  });
}

/** What the logit of the true class is, and its derivative, at angles strictly between 0 and π. */
export interface TargetLogits {
  readonly thetas: readonly number[];
  readonly logits: readonly number[];
  readonly slopes: readonly number[];
}

/**
 * The true class's logits as the loss has them at evenly spaced angles. A second class at a right angle to every x has the logit 0, so
 * L = log(1 + e^−f) and f = −log(e^L − 1).
 */
export async function targetLogits(loss: Loss, count = 500): Promise<TargetLogits> {
  const thetas = Array.from({length: count}, (_, i) => ((i + 0.5) * Math.PI) / count);
  const problem = roundToFloat32({
    features: thetas.map((theta) => [Math.cos(theta), Math.sin(theta), 0]),
    kernel: fromColumns([1, 0, 0], [0, 0, 1]),
    labels: oneHot(new Array(count).fill(0), 2),
  });
  const {losses, features} = await runLoss(loss, problem, new Array(count).fill(1));
  const logits = losses.map((value) => -Math.log(Math.expm1(value)));
  const slopes = features.map(([x, y], i) => {
    const byTheta = -Math.sin(thetas[i]!) * x! + Math.cos(thetas[i]!) * y!;
    return -byTheta * (1 + Math.exp(logits[i]!)); // ∂L/∂f = −1/(1 + e^f)
  });
  return {thetas, logits, slopes};
}

/** The logit falls strictly, and its slope is that of a continuously differentiable function that bends by at most `bend`. */
export function expectSmoothFall({thetas, logits, slopes}: TargetLogits, bend: number): void {
  const step = thetas[1]! - thetas[0]!;
  for (let i = 1; i < thetas.length; i++) {
    const fall = logits[i]! - logits[i - 1]!;
    expect(fall).toBeLessThan(0);
    expectClose(slopes[i]! - slopes[i - 1]!, 0, {absolute: 1.01 * bend * step + 1e-3});
    expectClose(fall / step, (slopes[i]! + slopes[i - 1]!) / 2, {absolute: bend * step + 1e-3});
  }
}
