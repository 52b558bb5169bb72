/** Every kernel of the backend at hand against the composition of ops that stands for it. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Kernels, MarginTarget, SweepTerm} from '../../src/kernels/contract.js';
import {kernels} from '../../src/kernels/kernels.js';
import {opsKernels} from '../../src/kernels/ops.js';
import {expectClose} from '../support/expectClose.js';
import {weights} from '../support/specs.js';
import {numbersFrom, randomIds, randomMatrix, sizes} from './samples.js';

const axes = fc.constantFrom<0 | 1>(0, 1);

it.each(Object.keys(opsKernels))('%s is registered', (name) => {
  expect(tf.getKernel(`tfjs-losses/1/${name}`, tf.getBackend())).toBeDefined();
});

describe('classIds', () => {
  it('are found in one-hot rows, and in no others', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom('float32', 'int32'), async ({batch, classes, seed}, dtype) => {
        const next = numbersFrom(seed);
        const rows = Array.from({length: batch}, () => {
          const row = new Array<number>(classes).fill(0);
          const ones = next() > 0.5 ? 2 : 1;
          for (let i = 0; i < ones; i++)
            row[Math.floor(((next() + 1) / 2) * classes)]! += next() > 0.8 ? -1 : 1;
          return row;
        });
        await expectSame('classIds', [{labels: tf.tensor2d(rows, [batch, classes], dtype)}], {absolute: 0});
      }),
    );
  });
});

describe('norms', () => {
  it('are those of the ops, in whatever range', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, axes, fc.integer({min: -30, max: 30}), async (size, axis, power) => {
        const next = numbersFrom(size.seed);
        const matrix = randomMatrix(size.batch, size.classes, 10 ** power, next);
        await expectSame('norms', [{matrix}, {axis}], {relative: 1e-6});
      }),
    );
  });
});

describe('withLengths', () => {
  it('brings vectors to lengths, and those of norm 0 to 0', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, axes, async (size, axis) => {
        const next = numbersFrom(size.seed);
        const matrix = tf.tidy(() => {
          const given = randomMatrix(size.batch, size.classes, 4, next);
          const kept = randomMatrix(axis === 0 ? 1 : size.batch, axis === 0 ? size.classes : 1, 1, next);
          return tf.mul<tf.Tensor2D>(given, tf.cast(tf.greater(kept, -0.7), 'float32'));
        });
        const norms = tf.norm(matrix, 2, axis);
        const lengths = tf.squeeze(randomMatrix(1, norms.size, 3, next), [0]);
        await expectSame('withLengths', [{matrix, norms, lengths}, {axis}], {relative: 1e-6, absolute: 1e-7});
      }),
    );
  });
});

describe('unitColumnsGradient', () => {
  it('is what stands at right angles to the columns, over their norms', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({batch, classes, seed}) => {
        const next = numbersFrom(seed);
        const upstream = randomMatrix(batch, classes, 2, next);
        const matrix = randomMatrix(batch, classes, 2, next);
        const norms = tf.norm(matrix, 2, 0);
        const columns = tf.div(matrix, norms);
        // A difference: exact only to the size of its parts.
        const absolute = 1e-6 * Math.max(...(await tf.div(8, norms).data()));
        await expectSame('unitColumnsGradient', [{upstream, columns, norms}], {absolute});
      }),
    );
  });
});

const targetKinds = fc.constantFrom(
  {scaled: false, withKernelNorm: true},
  {scaled: true, withKernelNorm: false},
  {scaled: false, withKernelNorm: false},
);

const margins = fc.array(
  fc
    .record({m: fc.integer({min: 1, max: 8}), share: fc.constantFrom(1, 0.5, 1 / 51, 0), kind: targetKinds})
    .map(({m, share, kind}): MarginTarget => ({m, share, ...kind})),
  {minLength: 1, maxLength: 3},
);

describe('targets', () => {
  it('are those of the ops, NaN where there is no class', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, margins, async ({batch, classes, seed}, drawn) => {
        const next = numbersFrom(seed);
        const inputs = {
          scores: randomMatrix(batch, classes, 4, next),
          products: randomMatrix(batch, classes, 4, next),
          classIds: randomIds(batch, classes, next, true),
          featureNorms: randomNorms(batch, next),
          kernelNorms: randomNorms(classes, next),
        };
        // ψ has m² times the rounding of its argument, and its derivative m⁴ times.
        const absolute = 1e-6 * Math.max(...drawn.map(({m}) => m ** 4));
        await expectSame('targets', [inputs, {margins: drawn}], {absolute});
      }),
    );
  });
});

const hinges = fc.record({
  kind: fc.constant('hinge' as const),
  weight: weights,
  margin: fc.constantFrom(0, 0.3, 1, 7.5),
});

const softmaxes = fc.record({
  kind: fc.constant('softmax' as const),
  weight: weights,
  labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
});

const targets = fc
  .record({weight: weights, kind: targetKinds})
  .map(({weight, kind}): SweepTerm => ({kind: 'target', weight, ...kind}));

const anyTerms: fc.Arbitrary<SweepTerm[]> = fc.array(fc.oneof(hinges, softmaxes, targets), {
  minLength: 1,
  maxLength: 5,
});

const oneOfEach: SweepTerm[] = [
  {kind: 'hinge', weight: 0.25, margin: 1},
  {kind: 'softmax', weight: 0.5, labelSmoothing: 0.1},
  {kind: 'target', weight: 0.65, scaled: false, withKernelNorm: true},
  {kind: 'target', weight: 0.34, scaled: true, withKernelNorm: false},
];

describe('sweep and sweepGradient', () => {
  it('are those of the ops, for any terms', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, anyTerms, async ({batch, classes, seed}, terms) => {
        await expectSameSweep(sweepInputs(batch, classes, terms, numbersFrom(seed)), terms);
      }),
    );
  });

  it('are those of the ops for labels that are distributions, or no class at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(softmaxes, {minLength: 1, maxLength: 2}),
        fc.constantFrom('float32', 'int32'),
        async ({batch, classes, seed}, terms, dtype) => {
          const next = numbersFrom(seed);
          const rows = tf.cast(tf.abs(randomMatrix(batch, classes, 2, next)), dtype);
          const [classIds] = kernels.classIds({labels: rows});
          await expectSameSweep({...sweepInputs(batch, classes, terms, next), rows, classIds}, terms);
        },
      ),
    );
  });

  it('are those of the ops with 100,000 classes', async () => {
    await expectSameSweep(sweepInputs(3, 100_000, oneOfEach, numbersFrom(7)), oneOfEach);
  });
});

// A backend may go about short and long vectors in different ways, and about few and many.
describe.each([
  [65, 3],
  [300, 2],
  [1100, 2],
  [2, 1100],
  [70, 600],
])('a matrix of [%i, %i]', (batch, classes) => {
  const next = numbersFrom(batch);

  it('classIds', async () => {
    const labels = tf.tidy(() => tf.oneHot(randomIds(batch, classes, next), classes) as tf.Tensor2D);
    await expectSame('classIds', [{labels}], {absolute: 0});
  });

  it.each([0, 1] as const)('norms by axis %i', async (axis) => {
    await expectSame('norms', [{matrix: randomMatrix(batch, classes, 1e30, next)}, {axis}], {relative: 1e-5});
  });

  it('unitColumnsGradient', async () => {
    const [upstream, columns] = [
      randomMatrix(batch, classes, 2, next),
      randomMatrix(batch, classes, 0.1, next),
    ];
    const norms = randomNorms(classes, next);
    await expectSame('unitColumnsGradient', [{upstream, columns, norms}], {absolute: 1e-4});
  });

  it('sweep and sweepGradient', async () => {
    await expectSameSweep(sweepInputs(batch, classes, oneOfEach, next), oneOfEach);
  });
});

function randomNorms(length: number, next: () => number): tf.Tensor1D {
  return tf.tensor1d(Array.from({length}, () => (next() > 0.9 ? 0 : 1.5 + next())));
}

type SweepInputs = Parameters<Kernels<tf.Tensor>['sweep']>[0];

function sweepInputs(
  batch: number,
  classes: number,
  terms: readonly SweepTerm[],
  next: () => number,
): SweepInputs {
  const scores = randomMatrix(batch, classes, 4, next);
  const classIds = randomIds(batch, classes, next, true);
  const ofTargets = terms.filter(({kind}) => kind === 'target').length;
  if (ofTargets === 0) {
    return {scores, classIds, rows: null, targets: null, featureNorms: null, kernelNorms: null};
  }
  return {
    scores,
    classIds,
    rows: null,
    targets: randomMatrix(batch, 3 * ofTargets, 4, next),
    featureNorms: randomNorms(batch, next),
    kernelNorms: randomNorms(classes, next),
  };
}

/** Losses to 1e-5, and gradients to 1e-5 of what they are sums of. */
async function expectSameSweep(inputs: SweepInputs, terms: readonly SweepTerm[]): Promise<void> {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const upstream = tf.tensor1d(
    Array.from({length: batch}, (_, i) => (i % 2 === 0 ? 1 : -0.5) * (1 + (i % 4) / 4)),
  );
  const [actual, expected] = [kernels, opsKernels].map((these) => {
    const [losses, state] = these.sweep(inputs, {terms});
    const {targets: _, featureNorms: __, ...swept} = inputs;
    return [losses, ...these.sweepGradient({...swept, state, upstream}, {terms})];
  }) as [tf.Tensor[], tf.Tensor[]];
  expect(actual.map(({shape}) => shape)).toEqual(expected.map(({shape}) => shape));
  const weight = terms.reduce((sum, term) => sum + term.weight, 0);
  const [lossTolerance, ...tolerances] = [
    {relative: 1e-5, absolute: 1e-6 * weight},
    {absolute: 1e-5 * weight * classes},
    {absolute: 1e-4 * weight},
    {absolute: 1e-4 * weight * batch},
    {absolute: 1e-4 * weight * batch},
  ];
  for (const [index, tensor] of actual.entries()) {
    const tolerance = index === 0 ? lossTolerance! : tolerances[index - 1]!;
    expectClose([...(await tensor.data())], [...(await expected[index]!.data())], tolerance);
  }
  tf.dispose([actual, expected, Object.values(inputs), upstream]);
}

/** Runs a kernel and its composition of ops on the same inputs, of which it disposes. */
async function expectSame<K extends keyof Kernels<tf.Tensor>>(
  name: K,
  args: Parameters<Kernels<tf.Tensor>[K]>,
  tolerance: {relative?: number; absolute?: number},
): Promise<void> {
  const run = (these: Kernels<tf.Tensor>) =>
    tf.tidy(() => (these[name] as (...given: typeof args) => tf.Tensor[])(...args));
  const [actual, expected] = [run(kernels), run(opsKernels)];
  for (const [index, tensor] of actual.entries()) {
    expect(tensor.shape).toEqual(expected[index]!.shape);
    expect(tensor.dtype).toBe(expected[index]!.dtype);
    expectClose([...(await tensor.data())], [...(await expected[index]!.data())], tolerance);
  }
  tf.dispose([actual, expected, Object.values(args[0])]);
}
