/** A margin loss of a user's own: one class, and right on every backend. */

import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  arcface,
  asoftmax,
  autoScale,
  combined,
  cosine,
  direction,
  FormulaLoss,
  type Given,
  type Logits,
  lossFromConfig,
  lsoftmax,
  normalizedSoftmax,
  numberOption,
  type Scale,
  scaleOption,
  softmax,
  type Term,
} from '../src/index.js';
import {evaluate, type LossSpec, type Problem} from './reference/losses.js';
import {angleBetween, column, dot, fromColumns, fromRows, type Matrix, norm} from './reference/vectors.js';
import {contract} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, roundToFloat32, type Sample, samples} from './support/problems.js';
import {runLoss} from './support/runLoss.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

interface SphereFaceROptions {
  readonly m: number;
  readonly scale: Scale;
}

/** s·cos(min(mθ, π)): Liu et al., "SphereFace Revived: Unifying Hyperspherical Face Recognition", TPAMI 2022. */
class SphereFaceR extends FormulaLoss<SphereFaceROptions> {
  constructor(options: Given<SphereFaceROptions> = {}) {
    super('sphereFaceR', {m: numberOption(1.5, 'm', {atLeast: 1}), scale: scaleOption}, options);
  }

  protected term({m, scale}: SphereFaceROptions): Term {
    return {
      logits: cosine(scale),
      numbers: {m},
      margin: ({cos, min, mul}, {theta}, number) => cos(min(mul(theta, number('m')), Math.PI)),
    };
  }
}

/** Its losses in float64, from the angles. */
function lossesOf({features, kernel, labels}: Problem, m: number, given: Scale): number[] {
  const classes = labels[0]!.length;
  const s = given === 'auto' ? autoScale(classes) : given;
  return features.map((x, i) => {
    const logits = labels[i]!.map((isTrue, j) => {
      const theta = angleBetween(x, column(kernel, j));
      return s * Math.cos(isTrue ? Math.min(m * theta, Math.PI) : theta);
    });
    const own = logits[labels[i]!.indexOf(1)]!;
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - own), 0));
  });
}

const options = fc.record({
  m: fc.constantFrom(1, 1.5, 2.3, 4),
  scale: fc.constantFrom<Scale[]>('auto', 1, 16),
});

describe('a margin loss of a user’s own', () => {
  it('has the value of its formula, and its gradient', async () => {
    await fc.assert(
      fc.asyncProperty(options, smoothSamples(), async ({m, scale}, {problem, upstream}) => {
        const actual = await runLoss(new SphereFaceR({m, scale}), problem, upstream);
        const loss = (at: Problem) => lossesOf(at, m, scale);
        expectClose(actual.losses, loss(problem), {relative: contract.value, absolute: 1e-4});
        expectGradients(actual, problem, (at) => dot(upstream, loss(at)), 16 * m);
      }),
    );
  });

  it('has them inside combined, beside losses of every kind of logits', async () => {
    const others: LossSpec = {
      kind: 'combined',
      terms: [
        [1, {kind: 'softmax', labelSmoothing: 0}],
        [0.25, {kind: 'arcface', margin: 0.3, scale: 'auto'}],
        [0.5, {kind: 'lsoftmax', m: 2, lambda: 1}],
      ],
    };
    await fc.assert(
      fc.asyncProperty(options, smoothSamples(), async ({m, scale}, {problem, upstream}) => {
        const loss = combined([
          [0.75, new SphereFaceR({m, scale})],
          [1, softmax()],
          [0.25, arcface({margin: 0.3})],
          [0.5, lsoftmax({m: 2, lambda: 1})],
        ]);
        const expected = (at: Problem) => {
          const ofOthers = evaluate(others, at, upstream).losses;
          return lossesOf(at, m, scale).map((value, i) => 0.75 * value + ofOthers[i]!);
        };
        const actual = await runLoss(loss, problem, upstream);
        expectClose(actual.losses, expected(problem), {relative: contract.value, absolute: 1e-4});
        expectGradients(actual, problem, (at) => dot(upstream, expected(at)), 16 * m + 16);
      }),
    );
  });

  const kernel = fromColumns([1, 0.25], [-2, 1], [0.5, 3]);
  const singular: Record<string, Problem> = {
    'x = 0': {features: fromRows([0, 0], [1, 2]), kernel, labels: oneHot([0, 1], 3)},
    'W_y = 0': {features: [[3, 1]], kernel: fromColumns([0, 0], [-2, 1]), labels: oneHot([0], 2)},
    'θ_y exactly 0 and π': {
      features: fromRows([3, 0.75], [-1, -0.25]),
      kernel,
      labels: oneHot([0, 0], 3),
    },
    'tiny vectors': {
      features: [[1e-20, 3e-20]],
      kernel: kernel.map((row) => row.map((value) => 1e-20 * value)),
      labels: oneHot([1], 3),
    },
    'long vectors': {
      features: [[1e15, 3e15]],
      kernel: kernel.map((row) => row.map((value) => 1e15 * value)),
      labels: oneHot([1], 3),
    },
    'one class': {features: [[1, 2]], kernel: fromColumns([2, 1]), labels: oneHot([0], 1)},
  };
  it.each(Object.entries(singular))('is finite with %s, alone and beside softmax', async (_, problem) => {
    const loss = new SphereFaceR();
    for (const each of [
      loss,
      combined([
        [1, softmax()],
        [1, loss],
      ]),
    ]) {
      const upstream = problem.features.map(() => 1);
      const {losses, features, kernel} = await runLoss(each, roundToFloat32(problem), upstream);
      const numbers = [...losses, ...features.flat(), ...kernel.flat()];
      expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
    }
  });

  it('checks its options, and comes back from its config, inside a combination too', () => {
    expect(() => new SphereFaceR({m: 0.5})).toThrow(
      new RangeError('sphereFaceR: m must be a finite number >= 1, got 0.5'),
    );
    const loss = combined([
      [0.5, new SphereFaceR({m: 2})],
      [1, softmax()],
    ]);
    const config = JSON.parse(JSON.stringify(loss.getConfig()));
    const again = lossFromConfig(config, {sphereFaceR: (given) => new SphereFaceR(given)});
    expect(String(again)).toBe('0.5·sphereFaceR(m=2) + 1·softmax');
    expect(again.getConfig()).toEqual(config);
  });
});

describe('a loss of a user’s own that reads ‖x‖', () => {
  class ShortFeatures extends FormulaLoss<{weight: number}> {
    readonly #logits: Logits;

    constructor(logits: Logits) {
      super('shortFeatures', {weight: numberOption(0.25, 'w', {atLeast: 0})}, {});
      this.#logits = logits;
    }

    protected term({weight}: {weight: number}): Term {
      return {
        logits: this.#logits,
        numbers: {weight},
        loss: ({add, mul}, {crossEntropy, featureNorm}, number) =>
          add(crossEntropy, mul(mul(featureNorm, featureNorm), number('weight'))),
      };
    }
  }

  it.each([direction, cosine(4)])(
    'has w‖x‖² and its gradient beside the rest, with logits %o',
    async (logits) => {
      const base = logits === direction ? asoftmax({m: 1}) : normalizedSoftmax({scale: 4});
      await fc.assert(
        fc.asyncProperty(smoothSamples(), async ({problem, upstream}) => {
          const actual = await runLoss(new ShortFeatures(logits), problem, upstream);
          const alone = await runLoss(base, problem, upstream);
          const close = {relative: 1e-5, absolute: 1e-4};
          expectClose(
            actual.losses,
            alone.losses.map((value, i) => value + 0.25 * norm(problem.features[i]!) ** 2),
            close,
          );
          expectClose(
            actual.features,
            alone.features.map((row, i) =>
              row.map((value, d) => value + 0.5 * upstream[i]! * problem.features[i]![d]!),
            ),
            close,
          );
          expectClose(actual.kernel, alone.kernel, close);
        }),
      );
    },
  );
});

/** Batches on which differences over 2e-6 tell the gradient: no short vectors, no angles near 0 and π, and no bias. */
function smoothSamples(): fc.Arbitrary<Sample> {
  return samples({bias: false, minClasses: 2}).filter(({problem: {features, kernel}}) => {
    const columns = kernel[0]!.map((_, j) => column(kernel, j));
    return (
      [...features, ...columns].every((vector) => norm(vector) > 0.25) &&
      features.every((x) =>
        columns.every((weights) => {
          const theta = angleBetween(x, weights);
          return theta > 1e-2 && theta < Math.PI - 1e-2;
        }),
      )
    );
  });
}

/** Compares with central differences, to the precision of gradients of up to `largest` over the length of a vector. */
function expectGradients(
  actual: {readonly features: Matrix; readonly kernel: Matrix},
  problem: Problem,
  total: (at: Problem) => number,
  largest: number,
): void {
  const h = 1e-6;
  for (const part of ['features', 'kernel'] as const) {
    const at = (row: number, column: number, by: number) => {
      const moved = problem[part].map((values, r) =>
        values.map((value, c) => (r === row && c === column ? value + by : value)),
      );
      return total({...problem, [part]: moved});
    };
    const expected = problem[part].map((values, row) =>
      values.map((_, column) => (at(row, column, h) - at(row, column, -h)) / (2 * h)),
    );
    expectClose(actual[part], expected, {absolute: contract.gradient * 4 * largest});
  }
}
