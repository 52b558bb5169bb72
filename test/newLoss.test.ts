/** A margin loss of a user's own: one class, and right on every backend. */

import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  asoftmax,
  combined,
  cosine,
  direction,
  FormulaLoss,
  type Given,
  type Logits,
  lossFromConfig,
  normalizedSoftmax,
  numberOption,
  type Scale,
  scaleOption,
  softmax,
  type Term,
} from '../src/index.js';
import type {LossSpec, Problem} from './reference/losses.js';
import {angleBetween, column, fromColumns, fromRows, norm} from './reference/vectors.js';
import {expectContract} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {oneHot, roundToFloat32, type Sample, samples, samplesOfAnyHead} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {weightedSpecs} from './support/specs.js';
import {TermLoss} from './support/termLoss.js';

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

/** Its margin in float64, with the derivative that the class above does not have. */
const specOf = ({m, scale}: SphereFaceROptions): LossSpec => ({
  kind: 'custom',
  scale,
  margin: {
    value: (theta) => Math.cos(Math.min(m * theta, Math.PI)),
    slope: (theta) => (m * theta < Math.PI ? -m * Math.sin(m * theta) : 0),
    size: (_, ofCosine) => ({value: 1 + m * ofCosine, slope: m}),
  },
});

const options = fc.record({
  m: fc.constantFrom(1, 1.5, 2.3, 4),
  scale: fc.constantFrom<Scale[]>('auto', 1, 16),
});

describe('a margin loss of a user’s own', () => {
  it.each([
    ['any batch', samplesOfAnyHead()],
    ['lengths from 1e-15 to 1e15', samplesOfAnyHead({extreme: true})],
  ])('has value and gradient of its formula: %s', async (_, sampled) => {
    await fc.assert(
      fc.asyncProperty(options, sampled, (given, {problem, upstream}) =>
        expectContract(specOf(given), problem, upstream, new SphereFaceR(given)),
      ),
    );
  });

  it('has them inside combined, beside losses of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(options, weightedSpecs, samplesOfAnyHead(), (given, others, {problem, upstream}) =>
        expectContract(
          {kind: 'combined', terms: [[0.75, specOf(given)], ...others]},
          problem,
          upstream,
          combined([
            [0.75, new SphereFaceR(given)],
            ...others.map(([weight, spec]) => [weight, toLoss(spec)] as const),
          ]),
        ),
      ),
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

describe('a formula that goes back through some of the logits only', () => {
  const sign: Term['margin'] = ({stairs}, {cosine}) => stairs(cosine, [0], [1, -1]);
  const formulas: Record<string, Omit<Term, 'logits'>> = {
    'a margin of steps': {margin: sign},
    'the norm of features alone': {loss: (_, {featureNorm}) => featureNorm},
    'nothing at all': {loss: ({mul}, {crossEntropy}) => mul(crossEntropy, 0)},
  };
  it.each(
    [direction, cosine(4)].flatMap((logits) =>
      Object.entries(formulas).map(([name, formula]) => [name, {logits, ...formula}] as const),
    ),
  )('has a finite gradient, and adds it to that of others: %s', async (_, term) => {
    const [{problem, upstream}] = fc.sample(smoothSamples(), {numRuns: 1, seed: 3}) as [Sample];
    const loss = new TermLoss('partial', term);
    const both = combined([
      [1, softmax()],
      [1, loss],
    ]);
    const [own, ofSoftmax, sum] = [
      await runLoss(loss, problem, upstream),
      await runLoss(softmax(), problem, upstream),
      await runLoss(both, problem, upstream),
    ];
    expect([...own.losses, ...own.features.flat(), ...own.kernel.flat()].every(Number.isFinite)).toBe(true);
    for (const part of ['features', 'kernel'] as const) {
      const expected = own[part].map((row, i) => row.map((value, j) => value + ofSoftmax[part][i]![j]!));
      expectClose(sum[part], expected, {relative: 1e-4, absolute: 1e-5});
    }
  });
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

describe('a step function', () => {
  const steps = 1000;

  /** A margin that grows with the angle, step by step. */
  class SteppedMargin extends FormulaLoss<object> {
    constructor() {
      super('steppedMargin', {}, {});
    }

    protected term(): Term {
      const bounds = Array.from({length: steps}, (_, i) => -1 + (2 * i + 1) / steps);
      const margins = Array.from({length: steps + 1}, (_, k) => (3 * k) / steps);
      return {
        logits: direction,
        margin: ({stairs, sub}, {cosine}) => sub(cosine, stairs(cosine, bounds, margins)),
      };
    }
  }

  it('may have a thousand steps', async () => {
    // Between the bounds that are 1/1000 below and above them.
    const cosines = [-0.998, -0.49, 0, 0.256, 0.488, 0.998];
    const problem = {
      features: cosines.map((c) => [c, Math.sqrt(1 - c * c), 0]),
      kernel: fromColumns([1, 0, 0], [0, 0, 1]),
      labels: oneHot(new Array(cosines.length).fill(0), 2),
    };
    const {losses} = await runLoss(new SteppedMargin(), problem, new Array(cosines.length).fill(1));
    expectClose(
      losses,
      cosines.map((c) => Math.log1p(Math.exp((3 * (1 - c)) / 2 - c))),
      {relative: 1e-6},
    );
  });
});
