/** Every kernel of the backend at hand against the composition of ops that stands for it. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Kernels, KernelTerm, LossKernelInputs} from '../../src/kernels/contract.js';
import {kernels} from '../../src/kernels/kernels.js';
import {opsKernels} from '../../src/kernels/ops/ops.js';
import {expectClose} from '../support/expectClose.js';
import {weights} from '../support/specs.js';
import {numbersFrom, randomIds, randomMatrix, sizes} from './samples.js';

it.each(Object.keys(opsKernels))('%s is registered', (name) => {
  expect(tf.getKernel(`tfjs-losses/3/${name}`, tf.getBackend())).toBeDefined();
});

describe('unitColumns', () => {
  it('are columns over their norms, in whatever range', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({min: -30, max: 30}), async ({batch, classes, seed}, power) => {
        const matrix = randomMatrix(batch, classes, 10 ** power, numbersFrom(seed));
        await expectSame('unitColumns', [{matrix}], {relative: 1e-6});
      }),
    );
  });

  it('stay 0 where they are', async () => {
    const [columns, norms] = kernels().unitColumns({
      matrix: tf.tensor2d([
        [0, 3],
        [0, -4],
      ]),
    }); // prettier-ignore
    expect(await columns.array()).toEqual([
      [0, expect.closeTo(0.6)],
      [0, expect.closeTo(-0.8)],
    ]); // prettier-ignore
    expect(await norms.array()).toEqual([0, 5]);
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

const marginLogits = fc.constantFrom(
  {scaled: false, withKernelNorm: true},
  {scaled: true, withKernelNorm: false},
  {scaled: false, withKernelNorm: false},
);

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

const margins = fc
  .record({
    weight: weights,
    m: fc.integer({min: 1, max: 5}),
    share: fc.constantFrom(1, 0.5, 1 / 51, 0),
    logit: marginLogits,
  })
  .map(({weight, m, share, logit}): KernelTerm => ({kind: 'margin', weight, m, share, ...logit}));

const anyTerms: fc.Arbitrary<KernelTerm[]> = fc.array(fc.oneof(hinges, softmaxes, margins), {
  minLength: 1,
  maxLength: 5,
});

const oneOfEach: KernelTerm[] = [
  {kind: 'hinge', weight: 0.25, margin: 1},
  {kind: 'softmax', weight: 0.5, labelSmoothing: 0.1},
  {kind: 'margin', weight: 0.65, m: 4, share: 0.2, scaled: false, withKernelNorm: true},
  {kind: 'margin', weight: 0.34, m: 3, share: 1, scaled: true, withKernelNorm: false},
];

describe('loss and its gradients', () => {
  it('are those of the ops, for any terms', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, anyTerms, fc.boolean(), async ({batch, classes, seed}, terms, hasBias) => {
        await expectSameLoss(lossInputs(batch, classes, terms, numbersFrom(seed), hasBias), terms);
      }),
    );
  });

  it('are those of the ops for labels that are rows, one-hot or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        anyTerms,
        fc.constantFrom('float32', 'int32'),
        async ({batch, classes, seed}, terms, dtype) => {
          const next = numbersFrom(seed);
          const inputs = lossInputs(batch, classes, terms, next);
          await expectSameLoss({...inputs, labels: almostOneHot(batch, classes, next, dtype)}, terms);
        },
      ),
    );
  });

  it('are those of the ops for labels that are distributions', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(softmaxes, {minLength: 1, maxLength: 2}),
        fc.constantFrom('float32', 'int32'),
        async ({batch, classes, seed}, terms, dtype) => {
          const next = numbersFrom(seed);
          const labels = tf.cast(tf.abs(randomMatrix(batch, classes, 2, next)), dtype);
          await expectSameLoss({...lossInputs(batch, classes, terms, next), labels}, terms);
        },
      ),
    );
  });

  it('are those of the ops for class ids as a column', async () => {
    const inputs = lossInputs(5, 7, oneOfEach, numbersFrom(3));
    await expectSameLoss({...inputs, labels: tf.reshape(inputs.labels, [5, 1])}, oneOfEach);
  });

  it('are those of the ops with 100,000 classes', async () => {
    await expectSameLoss(lossInputs(3, 100_000, oneOfEach, numbersFrom(7)), oneOfEach);
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

  it('unitColumns', async () => {
    await expectSame('unitColumns', [{matrix: randomMatrix(batch, classes, 1e30, next)}], {relative: 1e-5});
  });

  it('unitColumnsGradient', async () => {
    const [upstream, columns] = [
      randomMatrix(batch, classes, 2, next),
      randomMatrix(batch, classes, 0.1, next),
    ];
    const norms = tf.tensor1d(Array.from({length: classes}, () => (next() > 0.9 ? 0 : 1.5 + next())));
    await expectSame('unitColumnsGradient', [{upstream, columns, norms}], {absolute: 1e-4});
  });

  it.each([
    ['every kind of term', oneOfEach],
    ['none that leaves the bias out', oneOfEach.slice(0, 3)],
  ])('loss and its gradients, with a bias, %s', async (_, terms) => {
    await expectSameLoss(lossInputs(batch, classes, terms, next, true), terms);
  });
});

type LossInputs = LossKernelInputs<tf.Tensor>;

/** Class ids, some of which are none, and if there is a margin features, a kernel of which some columns are 0, and a bias. */
function lossInputs(
  batch: number,
  classes: number,
  terms: readonly KernelTerm[],
  next: () => number,
  hasBias = false,
): LossInputs {
  const labels = randomIds(batch, classes, next, true);
  if (!terms.some(({kind}) => kind === 'margin')) {
    return {scores: randomMatrix(batch, classes, 4, next), labels};
  }
  const depth = 3;
  return tf.tidy(() => {
    const features = randomMatrix(batch, depth, 2, next);
    const kept = tf.cast(tf.greater(randomMatrix(1, classes, 1, next), -0.8), 'float32');
    const kernel = tf.mul<tf.Tensor2D>(randomMatrix(depth, classes, 2, next), kept);
    const products = tf.matMul(features, kernel);
    if (!hasBias) return {scores: products, labels, features, kernel};
    const bias = tf.squeeze<tf.Tensor1D>(randomMatrix(1, classes, 2, next), [0]);
    const inputs = {scores: tf.add(products, bias), labels, features, kernel, bias};
    return terms.some((term) => term.kind === 'margin' && term.scaled) ? {...inputs, products} : inputs;
  });
}

/** Rows of which some have two ones, or a −1, or 2 in one place. */
function almostOneHot(
  batch: number,
  classes: number,
  next: () => number,
  dtype: 'float32' | 'int32',
): tf.Tensor2D {
  const rows = Array.from({length: batch}, () => {
    const row = new Array<number>(classes).fill(0);
    const ones = next() > 0.5 ? 2 : 1;
    for (let i = 0; i < ones; i++) row[Math.floor(((next() + 1) / 2) * classes)]! += next() > 0.8 ? -1 : 1;
    return row;
  });
  return tf.tensor2d(rows, [batch, classes], dtype);
}

/**
 * What is the same for the kernels and the ops, whose memory between loss and gradients is each one's own. Features and kernel
 * get their gradients by two ways, of which only the sum counts: where a norm is 0, either may say NaN for both.
 */
function lossAndGradients(
  these: Kernels<tf.Tensor>,
  inputs: LossInputs,
  upstream: tf.Tensor,
  terms: readonly KernelTerm[],
): tf.Tensor[] {
  return tf.tidy(() => {
    const [losses, ...memory] = these.loss(inputs, {terms});
    const gradients = these.lossGradient({...inputs, upstream, memory}, {terms}) as tf.Tensor2D[];
    const {features, kernel, products} = inputs;
    if (!features || !kernel) return [losses, ...gradients];
    const byProduct = products ? tf.add<tf.Tensor2D>(gradients[0]!, gradients.at(-1)!) : gradients[0]!;
    const [byFeatures] = these.featuresGradient({features, upstream, memory});
    const [byKernel] = these.kernelGradient({kernel, byKernelNorms: gradients[1]!, memory});
    return [
      losses,
      ...gradients,
      tf.add(byFeatures, tf.matMul(byProduct, kernel as tf.Tensor2D, false, true)),
      tf.add(byKernel, tf.matMul(features as tf.Tensor2D, byProduct, true, false)),
    ];
  });
}

/**
 * Losses to 1e-5, and gradients to 1e-5 of what they are sums of: weights for each score, and as many of them as there are
 * examples for what belongs to a class, or classes and examples for features and kernel.
 */
async function expectSameLoss(inputs: LossInputs, terms: readonly KernelTerm[]): Promise<void> {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const upstream = tf.tensor1d(
    Array.from({length: batch}, (_, i) => (i % 2 === 0 ? 1 : -0.5) * (1 + (i % 4) / 4)),
  );
  const actual = lossAndGradients(kernels(), inputs, upstream, terms);
  const expected = lossAndGradients(opsKernels, inputs, upstream, terms);
  expect(actual.map(({shape}) => shape)).toEqual(expected.map(({shape}) => shape));
  // ψ has m² times the rounding of its argument, and its derivative m⁴ times.
  const weights = terms.map(
    (term) => term.weight * (term.kind === 'margin' ? term.m ** 4 * term.share + 1 : 1),
  );
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const summands = [
    1,
    1,
    batch,
    ...(inputs.bias ? [batch] : []),
    ...(inputs.products ? [1] : []),
    4,
    4 * batch,
  ];
  for (const [index, tensor] of actual.entries()) {
    // The ops of wasm add up float32 numbers one by one, which loses digits over very many.
    const relative = 1e-5 * Math.max(1, classes / 25_000);
    const absolute = (index === 0 ? 1e-6 : 1e-5) * weight * summands[index]!;
    expectClose([...(await tensor.data())], [...(await expected[index]!.data())], {relative, absolute});
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
  const [actual, expected] = [run(kernels()), run(opsKernels)];
  for (const [index, tensor] of actual.entries()) {
    expect(tensor.shape).toEqual(expected[index]!.shape);
    expect(tensor.dtype).toBe(expected[index]!.dtype);
    expectClose([...(await tensor.data())], [...(await expected[index]!.data())], tolerance);
  }
  tf.dispose([actual, expected, Object.values(args[0])]);
}
