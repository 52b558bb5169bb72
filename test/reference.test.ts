/** The oracle itself: against its own central differences, and against numbers of independent origin. */

import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, it} from 'vitest';
import {evaluate, type LossSpec, type Problem} from './reference/losses.js';
import {column, dot, fromColumns, type Matrix, norm} from './reference/vectors.js';
import {expectClose} from './support/expectClose.js';
import {loadGolden} from './support/golden.js';
import {samples} from './support/problems.js';

describe('golden values', () => {
  it.each(loadGolden().map((golden) => [golden.id, golden] as const))('%s', (_, golden) => {
    const upstream = golden.losses.map(() => 1 / golden.losses.length);
    const {losses, features, kernel} = evaluate(golden.spec, golden.problem, upstream);
    // The fixture has 12 digits; a loss that is a small difference of logits has fewer.
    expectClose(losses, golden.losses, {relative: 1e-10, absolute: 1e-12});
    expectClose(features, golden.features, {absolute: 1e-10 * golden.scale.features, relative: 1e-10});
    expectClose(kernel, golden.kernel, {absolute: 1e-10 * golden.scale.kernel, relative: 1e-10});
  });
});

describe('central differences', () => {
  const specs: Record<string, LossSpec> = {
    hinge: {kind: 'hinge', margin: 1},
    softmax: {kind: 'softmax', labelSmoothing: 0},
    'softmax, smoothed labels': {kind: 'softmax', labelSmoothing: 0.3},
    'lsoftmax, m = 1': {kind: 'lsoftmax', m: 1, lambda: 0},
    'lsoftmax, m = 3': {kind: 'lsoftmax', m: 3, lambda: 2},
    'lsoftmax, m = 8': {kind: 'lsoftmax', m: 8, lambda: 0},
    'asoftmax, m = 1': {kind: 'asoftmax', m: 1, lambda: 0},
    'asoftmax, m = 4': {kind: 'asoftmax', m: 4, lambda: 5},
    'asoftmax, m = 7': {kind: 'asoftmax', m: 7, lambda: 0},
    'normalizedSoftmax, s = 64': {kind: 'normalizedSoftmax', scale: 64},
    'amsoftmax, m = 0.35': {kind: 'amsoftmax', margin: 0.35, scale: 'auto'},
    'amsoftmax, m = −0.5': {kind: 'amsoftmax', margin: -0.5, scale: 30},
    'arcface, m = 0.5': {kind: 'arcface', margin: 0.5, scale: 'auto'},
    'arcface, m = 2': {kind: 'arcface', margin: 2, scale: 16},
    'combinedMargin, m₁ = 1': {kind: 'combinedMargin', m1: 1, m2: 0.5, m3: 0.2, scale: 'auto'},
    'combinedMargin, m₁ = 3.3': {kind: 'combinedMargin', m1: 3.3, m2: 0.5, m3: -0.2, scale: 8},
    magface: {
      kind: 'magface',
      minNorm: 0.1,
      maxNorm: 50,
      minMargin: 0.2,
      maxMargin: 0.9,
      regularizer: 3,
      scale: 'auto',
    },
    'focal, γ = 0.5': {kind: 'focal', gamma: 0.5},
    'focal, γ = 2, of arcface': {kind: 'focal', gamma: 2, base: {kind: 'arcface', margin: 0.3, scale: 4}},
    poly: {kind: 'poly', epsilon: 1.5},
    'generalizedCrossEntropy, q = 0.7': {kind: 'generalizedCrossEntropy', q: 0.7},
    'generalizedCrossEntropy, q = 0': {kind: 'generalizedCrossEntropy', q: 0},
    'reverseCrossEntropy, of lsoftmax': {
      kind: 'reverseCrossEntropy',
      floor: 1e-3,
      base: {kind: 'lsoftmax', m: 2, lambda: 1},
    },
    normalizedCrossEntropy: {kind: 'normalizedCrossEntropy'},
    combined: {
      kind: 'combined',
      terms: [
        [0.25, {kind: 'hinge', margin: 2}],
        [0.65, {kind: 'lsoftmax', m: 4, lambda: 0}],
        [2, {kind: 'combined', terms: [[0.17, {kind: 'asoftmax', m: 4, lambda: 0}]]}],
      ],
    },
  };

  describe.each(Object.entries(specs))('%s', (_, spec) => {
    it.each([false, true])('normalizeKernel = %s', (normalizeKernel) => {
      fc.assert(
        fc.property(samples(), ({upstream, ...sample}) => {
          const problem = {...sample.problem, normalizeKernel};
          fc.pre(isSmooth(problem));
          const {features, kernel, bias} = evaluate(spec, problem, upstream);
          const loss = (at: Problem) => dot(upstream, evaluate(spec, at, upstream).losses);
          // Differences of float64 losses over 2e-6 are good to some 1e-8, but ψ bends sharply at every kπ/m:
          // where one lies within the step, they are off by the step times ψ″, which reaches m⁴/3.
          const tolerance = {relative: 1e-5, absolute: 1e-4};
          expectClose(
            features,
            differences(problem.features, (at) => loss({...problem, features: at})),
            tolerance,
          );
          expectClose(
            kernel,
            differences(problem.kernel, (at) => loss({...problem, kernel: at})),
            tolerance,
          );
          expectClose(
            [bias],
            differences([problem.bias!], ([at]) => loss({...problem, bias: at!})),
            tolerance,
          );
        }),
      );
    });
  });

  it('soft labels', () => {
    const spec: LossSpec = {kind: 'softmax', labelSmoothing: 0.1};
    const problem = {
      features: [[1, -2]],
      kernel: fromColumns([0.5, 2], [1, 0.25], [-1, 1]),
      labels: [[0.2, 0.5, 0.1]],
    };
    const {features} = evaluate(spec, problem, [1]);
    const expected = differences(
      problem.features,
      (at) => evaluate(spec, {...problem, features: at}, [1]).losses[0]!,
    );
    expectClose(features, expected, {absolute: 1e-8});
  });

  /** (g(v + h) − g(v − h)) / 2h for every number v of the matrix. */
  function differences(matrix: Matrix, g: (matrix: Matrix) => number): number[][] {
    const h = 1e-6;
    const shifted = (row: number, column: number, by: number) =>
      matrix.map((values, r) => values.map((value, c) => (r === row && c === column ? value + by : value)));
    return matrix.map((values, row) =>
      values.map((_, column) => (g(shifted(row, column, h)) - g(shifted(row, column, -h))) / (2 * h)),
    );
  }

  /** No vector so short that a step of 1e-6 turns it noticeably, and no hinge within reach of a kink. */
  function isSmooth(problem: Problem): boolean {
    const columns = problem.kernel[0]!.map((_, j) => column(problem.kernel, j));
    const ones = problem.labels.map(() => 1);
    const activeSummands = (margin: number) => evaluate({kind: 'hinge', margin}, problem, ones).bias;
    return (
      [...problem.features, ...columns].every((vector) => norm(vector) > 0.25) &&
      [1, 2].every((margin) =>
        isDeepStrictEqual(activeSummands(margin - 1e-4), activeSummands(margin + 1e-4)),
      )
    );
  }
});
