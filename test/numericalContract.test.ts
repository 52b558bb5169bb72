/** Every loss and every gradient against the float64 oracle, on random and on extreme inputs. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {type Evaluation, evaluate, type LossSpec, type Problem} from './reference/losses.js';
import {add, fromColumns, fromRows, norm, scale, unit, type Vector} from './reference/vectors.js';
import {expectContract} from './support/contract.js';
import {oneHot, roundToFloat32, samples} from './support/problems.js';
import {runLoss, toLoss} from './support/runLoss.js';
import {everyLoss, specsOf} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const eachLoss = Object.entries(everyLoss);

describe.each(Object.entries(specsOf))('random batches: %s with any options', (_, specs) => {
  const variants = {
    'with a bias': samples(),
    'without bias': samples({bias: false}),
    'lengths from 1e-15 to 1e15, with a bias': samples({extreme: true}),
    'lengths from 1e-15 to 1e15, without bias': samples({extreme: true, bias: false}),
  };
  describe.each(Object.entries(variants))('%s', (_, arbitrary) => {
    it.each([false, true])('normalizeKernel = %s', async (normalizeKernel) => {
      await fc.assert(
        fc.asyncProperty(specs, arbitrary, (spec, {problem, upstream}) => {
          const ofHead = {...problem, normalizeKernel};
          fc.pre(isInRange(evaluate(spec, ofHead, upstream)));
          return expectContract(spec, ofHead, upstream);
        }),
      );
    });
  });
});

/** Whether float32 has all of these numbers: squares of logits of 1e19 and above it has not. */
function isInRange(evaluation: Evaluation): boolean {
  return Object.values(evaluation)
    .flat(2)
    .every((value) => Number.isFinite(Math.fround(value)));
}

describe('angles', () => {
  const margins = [1, 2, 3, 4, 5, 6, 7, 8];
  const lambdas = [0, 1, 5, 1000, 1e6];

  describe.each(margins)('m = %i, θ_y at and around every kπ/m', (m) => {
    it.each(lambdas)('λ = %d', async (lambda) => {
      const thetas = Array.from({length: m + 1}, (_, k) => (k * Math.PI) / m).flatMap((boundary) =>
        [-1e-3, -1e-6, 0, 1e-6, 1e-3].map((step) => boundary + step),
      );
      const problem = atAngles(thetas);
      const upstream = thetas.map((_, example) => 1 + example / 16);
      await expectContract({kind: 'lsoftmax', m, lambda}, problem, upstream);
      await expectContract({kind: 'asoftmax', m, lambda}, problem, upstream);
    });
  });

  it.each(margins)('m = %i, θ_y exactly 0, π/2 and π, where float32 arithmetic is exact', async (m) => {
    const problem = {
      features: fromRows([2, 0], [-2, 0], [0, 2]),
      kernel: fromColumns([4, 0], [-1, 0.5], [0.5, 1]),
      labels: oneHot([0, 0, 0], 3),
    };
    await expectContract({kind: 'lsoftmax', m, lambda: 0}, problem, [1, 2, 3]);
    await expectContract({kind: 'asoftmax', m, lambda: 0}, problem, [1, 2, 3]);
  });

  const addedAngles = [0, 0.1, 0.5, 2, 3.1];
  const combinedMargins = [
    {m1: 1, m2: 0.4, m3: 0.2},
    {m1: 1.5, m2: 0, m3: 0},
    {m1: 2, m2: 2.5, m3: -0.3},
    {m1: 3.3, m2: 0.4, m3: 0},
    {m1: 4, m2: 0, m3: 0.1},
  ];
  describe.each<number | 'auto'>([1, 'auto', 30])('s = %s, θ_y at and around every bend', (scale) => {
    it.each(addedAngles)('arcface, m = %d', (margin) =>
      expectAround([Math.PI - margin], {kind: 'arcface', margin, scale}),
    );

    it.each(combinedMargins)('combinedMargin, m₁ = $m1, m₂ = $m2', (margin) => {
      const bends = [1, 2, 3, 4].map((k) => (k * Math.PI - margin.m2) / margin.m1);
      return expectAround(
        bends.filter((theta) => theta < Math.PI),
        {kind: 'combinedMargin', ...margin, scale},
      );
    });

    it('amsoftmax and normalizedSoftmax', async () => {
      await expectAround([], {kind: 'amsoftmax', margin: 0.35, scale});
      await expectAround([], {kind: 'normalizedSoftmax', scale});
    });

    function expectAround(bends: readonly number[], spec: LossSpec): Promise<void> {
      const thetas = [0, ...bends, Math.PI].flatMap((bend) =>
        [-1e-2, -1e-3, -1e-6, 1e-6, 1e-3, 1e-2].map((step) => bend + step),
      );
      const problem = atAnglesInSpace([...thetas, ...bends]);
      return expectContract(
        spec,
        problem,
        problem.labels.map((_, example) => 1 + example / 16),
      );
    }
  });

  /** The same in five dimensions, where no axis is special, and two examples whose angles are exactly 0 and π. */
  function atAnglesInSpace(thetas: readonly number[]): Problem {
    const column = [1.5, -0.5, 2, 0.25, 1];
    const [along, across] = [unit(column), unit([0.5, 1.5, 0.25, -2, 0])];
    return roundToFloat32({
      features: [
        ...thetas.map((theta, example) =>
          scale(0.5 + (example % 4), add(scale(Math.cos(theta), along), scale(Math.sin(theta), across))),
        ),
        scale(3, column),
        scale(-7, column),
      ],
      kernel: fromColumns(column, [-1, 0.5, 1, 2, -1], [0.25, 2, 0.5, -1, 1]),
      labels: oneHot(new Array(thetas.length + 2).fill(0), 3),
    });
  }

  /** One example for each angle between x and W_0, which is its true class, of various lengths. */
  function atAngles(thetas: readonly number[]): Problem {
    return roundToFloat32({
      features: thetas.map((theta, example) => {
        const length = 0.5 + (example % 4);
        return [length * Math.cos(theta), length * Math.sin(theta)];
      }),
      kernel: fromColumns([1.5, 0], [-1, 0.5], [0.25, 2]),
      labels: thetas.map(() => [1, 0, 0]),
    });
  }
});

describe.each(eachLoss)('singular and extreme points: %s', (_, spec) => {
  const kernel = fromColumns([1, 0.25], [-2, 1], [0.5, 3]);
  const firstIsZero = fromColumns([0, 0], [-2, 1], [0.5, 3]);
  const allZero = fromColumns([0, 0], [0, 0], [0, 0]);
  const cases: Record<string, Problem> = {
    'x = 0': {features: fromRows([0, 0], [1, 2]), kernel, labels: oneHot([0, 1], 3)},
    'x = −0': {features: [[-0, -0]], kernel, labels: oneHot([0], 3)},
    'W_y = 0': {features: fromRows([3, 1], [1, 2]), kernel: firstIsZero, labels: oneHot([0, 1], 3)},
    'W_j = 0 of another class': {features: [[3, 1]], kernel: firstIsZero, labels: oneHot([2], 3)},
    'x = 0 and W = 0': {features: [[0, 0]], kernel: allZero, labels: oneHot([1], 3)},
    'x = 0 and W = 0, with a bias': {
      features: [[0, 0]],
      kernel: allZero,
      bias: [1, -1, 4],
      labels: oneHot([1], 3),
    },
    'equal columns': {
      features: fromRows([1, 2], [-3, 1]),
      kernel: fromColumns([1, 2], [1, 2], [1, 2]),
      labels: oneHot([0, 2], 3),
    },
    'one class': {
      features: fromRows([1, 2], [0, 0]),
      kernel: fromColumns([1, 2]),
      bias: [3],
      labels: oneHot([0, 0], 1),
    },
    'two classes, one feature': {
      features: fromRows([2], [-2], [0]),
      kernel: fromColumns([1], [-1]),
      labels: oneHot([0, 0, 1], 2),
    },
    'batch of one': {features: [[1, 2]], kernel, bias: [0.5, 0, -0.5], labels: oneHot([2], 3)},
    'logits of ±1e4': {
      features: fromRows([1e4, 0], [-1e4, 0], [0, 1e4]),
      kernel: fromColumns([1, 0], [-1, 0], [0, 1]),
      labels: oneHot([0, 0, 1], 3),
    },
    'ties at ±1e4': {
      features: fromRows([1e4, 0], [-1e4, 0]),
      kernel: fromColumns([1, 0], [1, 0], [-1, 0]),
      labels: oneHot([0, 1], 3),
    },
    'logits of ±1e4 from long vectors': {
      features: fromRows([128, 0], [-128, 64]),
      kernel: fromColumns([64, 0], [-64, 32], [32, -64]),
      labels: oneHot([1, 0], 3),
    },
    'a bias of ±1e4': {features: [[1, 2]], kernel, bias: [1e4, -1e4, 1e4], labels: oneHot([0], 3)},
    'a bias of ±1e4 beside short x': {
      features: [[1e-4, 2e-4]],
      kernel,
      bias: [1e4, -1e4, 1e4],
      labels: oneHot([0], 3),
    },
  };

  it.each(Object.entries(cases))('%s', async (_, problem) => {
    const upstream = problem.features.map((_, example) => 1 - example / 4);
    await expectContract(spec, roundToFloat32(problem), upstream);
  });

  const lengths = [1e-37, 1e-30, 1e-20, 1e-10, 1, 1e10, 1e20, 1e30, 1e37];
  it.each(lengths)('‖x‖ about %d, ‖W‖ from 1e-37 to 1e37', async (featureLength) => {
    for (const kernelLength of lengths) {
      const problem = scaled(featureLength, kernelLength);
      if (fitsFloat32(spec, problem) && !vanishesOnGpu(spec, kernelLength)) {
        await expectContract(spec, problem, [1, -0.5]);
      }
    }
  });

  // There float32 has few digits or, on many GPUs, none: what comes out is a matter of luck, but finite.
  const subnormal = [1e-39, 1e-42, 1e-45];
  it.each(subnormal)('numbers below the normal range, about %d, give finite results', async (length) => {
    const lengthsOfBoth = [
      {x: length, w: 1},
      {x: 1, w: length},
      {x: length, w: length},
    ];
    for (const {x, w} of lengthsOfBoth) {
      for (const normalizeKernel of [false, true]) {
        const result = await runLoss(toLoss(spec), {...scaled(x, w), normalizeKernel}, [1, -0.5]);
        const numbers = [...result.losses, ...result.features.flat(), ...result.kernel.flat()];
        expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
      }
    }
  });

  function scaled(featureLength: number, kernelLength: number): Problem {
    const times = (factor: number) => (row: Vector) => scale(factor, row);
    return roundToFloat32({
      features: fromRows([1, -2], [0.5, 0.25]).map(times(featureLength)),
      kernel: kernel.map(times(kernelLength)),
      labels: oneHot([0, 2], 3),
    });
  }

  /**
   * Whether float32 can hold the results, and the products W_j·x with all their digits: every loss and angle
   * is made of those. (Its normal numbers reach from 1.2e-38 to 3.4e38.)
   */
  function fitsFloat32(loss: LossSpec, problem: Problem): boolean {
    const {losses, features, kernel: gradient} = evaluate(loss, problem, [1, -0.5]);
    const longest = (vectors: readonly (readonly number[])[]) => Math.max(...vectors.map(norm));
    const product = longest(problem.features) * longest(problem.kernel);
    return product > 1e-30 && Math.max(product, ...losses, longest(features), longest(gradient)) < 1e37;
  }

  /**
   * Whether the gradient by the logits, which A-Softmax has at about 1/‖W‖, is below the normal range: graphics processors
   * take such numbers for 0.
   */
  function vanishesOnGpu({kind}: LossSpec, kernelLength: number): boolean {
    const hasSubnormals = !['webgl', 'webgpu'].includes(tf.getBackend());
    return !hasSubnormals && kernelLength > 1e36 && ['asoftmax', 'combined'].includes(kind);
  }
});
