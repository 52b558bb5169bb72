/** Every kernel of the backend at hand against the composition of ops that stands for it. */

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {planOf, type Source} from '../../src/formula/plan.js';
import {
  amsoftmax,
  arcface,
  asoftmax,
  combinedMargin,
  focal,
  generalizedCrossEntropy,
  hinge,
  type Loss,
  lsoftmax,
  magface,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from '../../src/index.js';
import type {Kernels, LossAttributes, LossSources} from '../../src/kernels/contract.js';
import {kernels} from '../../src/kernels/kernels.js';
import {opsKernels} from '../../src/kernels/ops/ops.js';
import {partsOf, type TermPart} from '../../src/loss/parts.js';
import {expectClose} from '../support/expectClose.js';
import {weights} from '../support/specs.js';
import {labelForms, numbersFrom, randomLengths, randomMatrix, sizes} from './samples.js';

const home = tf.getBackend();

it.each(Object.keys(opsKernels))('%s is registered', (name) => {
  kernels();
  expect(tf.getKernel(`tfjs-losses/4/${name}`, tf.getBackend())).toBeDefined();
});

describe('unitColumns', () => {
  it('are columns over their norms, in whatever range', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({min: -30, max: 30}), async ({batch, classes, seed}, power) => {
        const matrix = randomMatrix(batch, classes, 10 ** power, numbersFrom(seed));
        await expectSame('unitColumns', {matrix}, {relative: 1e-6});
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
        await expectSame('unitColumnsGradient', {upstream, columns, norms}, {absolute});
      }),
    );
  });
});

/** A term of a plan, and by how much more than its logits it moves with their rounding. */
interface Sample {
  readonly weight: number;
  readonly loss: Loss;
  readonly steepness: number;
}

const sampleOf = (losses: fc.Arbitrary<readonly [Loss, number]>): fc.Arbitrary<Sample> =>
  fc.tuple(weights, losses).map(([weight, [loss, steepness]]) => ({weight, loss, steepness}));

const scales = fc.constantFrom(1, 10, 30, 'auto' as const);
const sizeOf = (scale: number | 'auto') => (scale === 'auto' ? 20 : scale);
const margins = fc.record({m: fc.integer({min: 1, max: 5}), lambda: fc.constantFrom(0, 1, 50)});

const softmaxes = sampleOf(
  fc.constantFrom(0, 0.1, 0.5).map((labelSmoothing) => [softmax({labelSmoothing}), 1] as const),
);

const samples: fc.Arbitrary<Sample> = fc.oneof(
  softmaxes,
  sampleOf(fc.constantFrom(0, 0.3, 1, 7.5).map((margin) => [hinge({margin}), 1] as const)),
  // ψ has m² times the rounding of its argument, and its derivative m⁴ times.
  sampleOf(margins.map((options) => [lsoftmax(options), 1 + options.m ** 4 / (1 + options.lambda)] as const)),
  sampleOf(margins.map((options) => [asoftmax(options), 1 + options.m ** 4 / (1 + options.lambda)] as const)),
  sampleOf(scales.map((scale) => [normalizedSoftmax({scale}), sizeOf(scale) ** 2] as const)),
  sampleOf(
    fc
      .tuple(fc.constantFrom(-0.2, 0.35), scales)
      .map(([margin, scale]) => [amsoftmax({margin, scale}), sizeOf(scale) ** 2] as const),
  ),
  sampleOf(
    fc
      .tuple(fc.constantFrom(0, 0.5, 3), scales)
      .map(([margin, scale]) => [arcface({margin, scale}), 2 * sizeOf(scale) ** 2] as const),
  ),
  sampleOf(
    fc
      .tuple(fc.constantFrom(1, 1.5, 3), fc.constantFrom(0, 0.3), scales)
      .map(
        ([m1, m2, scale]) =>
          [combinedMargin({m1, m2, m3: 0.1, scale}), 2 * (m1 * sizeOf(scale)) ** 2] as const,
      ),
  ),
  sampleOf(scales.map((scale) => [magface({minNorm: 0.1, scale}), 2 * sizeOf(scale) ** 2] as const)),
  sampleOf(fc.constantFrom(0, 0.5, 2).map((gamma) => [focal({gamma}), 2] as const)),
  sampleOf(fc.constant([focal({base: arcface({scale: 10})}), 400] as const)),
  sampleOf(
    fc.constantFrom<readonly [Loss, number]>(
      [poly(), 2],
      [generalizedCrossEntropy(), 1],
      [generalizedCrossEntropy({q: 0}), 1],
      [reverseCrossEntropy(), 10],
      [normalizedCrossEntropy(), 1],
    ),
  ),
);

const plans = fc.array(samples, {minLength: 1, maxLength: 5});

const sources: fc.Arbitrary<Source> = fc.record({hasBias: fc.boolean(), isNormalized: fc.boolean()});

const oneOfEach: Sample[] = [
  {weight: 0.25, loss: hinge(), steepness: 1},
  {weight: 0.5, loss: softmax({labelSmoothing: 0.1}), steepness: 1},
  {weight: 0.65, loss: lsoftmax({m: 4, lambda: 4}), steepness: 50},
  {weight: 0.34, loss: asoftmax({m: 3}), steepness: 80},
  {weight: 0.5, loss: amsoftmax({scale: 5}), steepness: 25},
  {weight: 0.5, loss: arcface({scale: 10}), steepness: 200},
  {weight: 0.5, loss: combinedMargin({m1: 2, scale: 5}), steepness: 200},
  {weight: 0.5, loss: magface({minNorm: 0.1, maxNorm: 5, scale: 5}), steepness: 100},
  {weight: 0.5, loss: focal(), steepness: 2},
  {weight: 0.5, loss: generalizedCrossEntropy(), steepness: 1},
  {weight: 0.5, loss: normalizedCrossEntropy(), steepness: 1},
];

const free: Source = {hasBias: false, isNormalized: false};
const biased: Source = {hasBias: true, isNormalized: false};

describe('loss and its gradients', () => {
  it('are those of the ops, for any plan and any labels', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, plans, sources, fc.constantFrom(...Object.keys(labelForms)), expectSameOf),
    );
  });

  it('are those of the ops for labels that are distributions', async () => {
    const soft = fc.array(softmaxes, {minLength: 1, maxLength: 2});
    const forms = fc.constantFrom('distributions', 'distributions, int32', 'almost one-hot');
    await fc.assert(fc.asyncProperty(sizes, soft, sources, forms, expectSameOf));
  });

  it.each(Object.keys(labelForms))(
    'are those of the ops for every kind of term, with labels: %s',
    async (form) => {
      await expectSameOf({batch: 9, classes: 7, seed: 3}, oneOfEach, biased, form);
      await expectSameOf({batch: 8, classes: 10, seed: 4}, oneOfEach, free, form);
    },
  );

  it('are those of the ops with 100,000 classes', async () => {
    await expectSameOf({batch: 3, classes: 100_000, seed: 7}, oneOfEach.slice(0, 5), free, 'ids');
  });

  it('are those of the ops where angles are small', async () => {
    const losses = [
      {weight: 1, loss: arcface({scale: 4}), steepness: 8},
      {weight: 1, loss: combinedMargin({m1: 1.5, scale: 4}), steepness: 8},
    ];
    const [batch, classes] = [8, 5];
    const inputs = lossInputs(batch, classes, numbersFrom(5), biased, 'ids');
    const ids = tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2], 'int32');
    const along = tf.transpose(tf.gather(tf.transpose(inputs.kernel!), ids));
    const features = tf.tidy(() => {
      const shifts = tf.mul(
        randomMatrix(batch, 3, 1, numbersFrom(6)),
        tf.tensor2d([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1], [8, 1]),
      );
      return tf.add(tf.mul(tf.transpose(along), 1.5), shifts) as tf.Tensor2D;
    });
    const products = tf.matMul(features, inputs.kernel as tf.Tensor2D);
    const logits = tf.add(products, 0.25);
    await expectSameLoss({...inputs, labels: ids, features, products, logits}, losses, biased);
  });

  it('are NaN for logits that are, and nowhere else', async () => {
    const inputs = lossInputs(5, 300, numbersFrom(11), free, 'ids');
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const sample of oneOfEach.slice(0, 2)) {
        const logits = tf.tidy(() => {
          const isBad = tf.equal(
            tf.reshape(tf.range(0, 1500, 1, 'int32'), [5, 300]),
            tf.scalar(2 * 300 + 299, 'int32'),
          );
          return tf.where(isBad, bad, inputs.logits);
        });
        const given = {logits, labels: tf.tensor1d([3, 4, 5, 6, 7])};
        const attributes = attributesOf([sample], free, 300);
        const {losses, dLogits} = lossAndGradients(
          kernels(),
          given,
          tf.tensor1d([1, 0, 1, 0, 1]),
          attributes,
        );
        const isInfinite = bad === Number.POSITIVE_INFINITY && sample.loss.name === 'hinge';
        const rows = (await dLogits!.array()) as number[][];
        expect([...(await losses!.data())].map(Number.isFinite)).toEqual([true, true, false, true, true]);
        expect(rows.map((row) => row.every(Number.isNaN))).toEqual([false, false, !isInfinite, false, false]);
        expect(rows.flatMap((row, i) => (i === 2 ? [] : row)).every(Number.isFinite)).toBe(true);
        const {dLogits: unwanted} = lossAndGradients(kernels(), given, tf.zeros([5]), attributes);
        expect(await tf.max(tf.abs(unwanted!)).array()).toBe(0);
      }
    }
  });

  it.each(oneOfEach.map((sample) => [String(sample.loss), sample] as const))(
    'are finite beside NaN features that nothing arrives for: %s',
    async (_, sample) => {
      const next = numbersFrom(12);
      for (const source of [free, biased]) {
        const attributes = attributesOf([sample], source, 4);
        const healthy = lossInputs(5, 4, next, source, 'ids');
        const isBad = tf.tensor2d([[0], [0], [1], [0], [0]], [5, 1], 'bool');
        const given = {
          logits: tf.where(isBad, Number.NaN, healthy.logits),
          labels: healthy.labels,
          products: tf.where(isBad, Number.NaN, healthy.products!),
          features: tf.where(isBad, Number.NaN, healthy.features!),
          kernel: healthy.kernel,
        };
        const cases = [
          {ids: [0, 1, -1, 3, 0], upstream: [1, 1, 1, 1, 1]},
          {ids: [0, 1, 2, 3, 0], upstream: [1, 1, 0, 1, 1]},
        ];
        for (const {ids, upstream} of cases) {
          const inputs = neededOf({...given, labels: tf.tensor1d(ids, 'int32')}, attributes, source);
          const arrived = {...inputs, upstream: tf.tensor1d(upstream)};
          const onOps = await valuesOnCpu(arrived, ({upstream, ...copies}) =>
            lossAndGradients(opsKernels, copies as unknown as LossInputs, upstream!, attributes),
          );
          const own = lossAndGradients(kernels(), inputs, arrived.upstream, attributes);
          for (const [name, gradient] of Object.entries(own)) {
            if (name === 'losses') continue;
            expect((await gradient.data()).every(Number.isFinite), name).toBe(true);
            expect([...onOps[name]!.values].every(Number.isFinite), `${name} of the ops`).toBe(true);
          }
        }
      }
    },
  );

  it('of no examples are nothing', async () => {
    const attributes = attributesOf(oneOfEach, biased, 7);
    // What a graphics processor did before must not show.
    await expectSameOf({batch: 4, classes: 7, seed: 1}, oneOfEach, biased, 'ids');
    const [kernel, none] = [randomMatrix(3, 7, 1, numbersFrom(1)), tf.zeros([0, 7])];
    const inputs = {logits: none, labels: tf.zeros([0]), products: none, features: tf.zeros([0, 3]), kernel};
    const [losses, ...memory] = kernels().loss(inputs, attributes);
    const back = {...inputs, upstream: tf.zeros([0]), memory};
    const gradients = kernels().lossGradient(back, attributes);
    const [dFeatures] = kernels().featuresGradient(back, attributes);
    const [dKernel] = kernels().kernelGradient({...back, dKernelNorms: gradients.at(-1)!}, attributes);
    const all = [losses, ...gradients, dFeatures, dKernel];
    expect(all.map(({shape}) => shape)).toEqual([[0], [0, 7], [0, 7], [7], [0, 3], [3, 7]]);
    expect(await tf.sum(tf.abs(gradients.at(-1)!)).array()).toBe(0);
    expect(await tf.sum(tf.abs(dKernel)).array()).toBe(0);
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
    await expectSame('unitColumns', {matrix: randomMatrix(batch, classes, 1e30, next)}, {relative: 1e-5});
  });

  it('unitColumnsGradient', async () => {
    const [upstream, columns] = [
      randomMatrix(batch, classes, 2, next),
      randomMatrix(batch, classes, 0.1, next),
    ];
    const norms = tf.tensor1d(Array.from({length: classes}, () => (next() > 0.9 ? 0 : 1.5 + next())));
    await expectSame('unitColumnsGradient', {upstream, columns, norms}, {absolute: 1e-4});
  });

  it.each([
    ['with a bias', biased],
    ['without one', free],
  ])('loss and its gradients, %s', async (_, source) => {
    await expectSameOf({batch, classes, seed: batch}, oneOfEach, source, 'ids, some of none');
  });
});

type LossInputs = LossSources<tf.Tensor>;

async function expectSameOf(
  {batch, classes, seed}: {batch: number; classes: number; seed: number},
  terms: readonly Sample[],
  source: Source,
  form: string,
): Promise<void> {
  await expectSameLoss(lossInputs(batch, classes, numbersFrom(seed), source, form), terms, source);
}

/** Features of which some are 0, and a kernel of which some columns are; their product, a bias, and labels. */
function lossInputs(
  batch: number,
  classes: number,
  next: () => number,
  {hasBias, isNormalized}: Source,
  form: string,
): LossInputs {
  const depth = 3;
  return tf.tidy(() => {
    const features = randomLengths(batch, depth, next);
    const given = tf.transpose(randomLengths(classes, depth, next));
    const kernel = isNormalized ? tf.divNoNan(given, tf.norm(given, 2, 0)) : given;
    const products = tf.matMul(features, kernel as tf.Tensor2D);
    const logits = hasBias ? tf.add(products, tf.squeeze(randomMatrix(1, classes, 2, next), [0])) : products;
    return {logits, labels: labelForms[form]!(batch, classes, next), products, features, kernel};
  });
}

function attributesOf(terms: readonly Sample[], source: Source, classes: number): LossAttributes {
  const parts = terms.flatMap(({weight, loss}) =>
    partsOf(loss).map((part) => ({...(part as TermPart), weight: weight * part.weight})),
  );
  const {plan, numbersAt} = planOf(parts, source);
  return {plan, numbers: numbersAt({step: 0, classes})};
}

/** What the plan needs of the inputs. */
function neededOf(inputs: LossInputs, {plan: {needs}}: LossAttributes, {hasBias}: Source): LossInputs {
  const {logits, labels, products, features, kernel} = inputs;
  return {
    logits,
    labels,
    ...(needs.products && hasBias && {products}),
    ...(needs.features && {features}),
    ...(needs.kernel && {kernel}),
  };
}

/** What is the same for the kernels and the ops, whose memory between loss and gradients is each one's own. */
function lossAndGradients(
  these: Kernels<tf.Tensor>,
  inputs: LossInputs,
  upstream: tf.Tensor,
  attributes: LossAttributes,
): Tensors {
  return tf.tidy(() => {
    const [losses, ...memory] = these.loss(inputs, attributes);
    expect(memory.length).toBeLessThanOrEqual(4);
    const back = {...inputs, upstream, memory};
    const gradients = these.lossGradient(back, attributes);
    const {products, features, kernel} = inputs;
    const dKernelNorms = gradients.at(-1)!;
    return {
      losses,
      dLogits: gradients[0],
      ...(products && {dProducts: gradients[1]!}),
      ...(features && {dFeatures: these.featuresGradient(back, attributes)[0]}),
      ...(kernel && {dKernelNorms, dKernel: these.kernelGradient({...back, dKernelNorms}, attributes)[0]}),
    };
  });
}

/**
 * Losses to 1e-5, and gradients to 1e-5 of what they are sums of: weights for each logit, and as many of them as there are
 * examples for what belongs to a class.
 */
async function expectSameLoss(all: LossInputs, terms: readonly Sample[], source: Source): Promise<void> {
  const [batch, classes] = all.logits.shape as [number, number];
  const attributes = attributesOf(terms, source, classes);
  const inputs = neededOf(all, attributes, source);
  const upstream = tf.tensor1d(
    Array.from({length: batch}, (_, i) => (i % 5 === 4 ? 0 : (i % 2 === 0 ? 1 : -0.5) * (1 + (i % 4) / 4))),
  );
  const before = tf.memory().numDataBuffers;
  const actual = lossAndGradients(kernels(), inputs, upstream, attributes);
  expect(tf.memory().numDataBuffers - before).toBe(Object.keys(actual).length);
  const expected = await valuesOnCpu({...inputs, upstream}, ({upstream, ...copies}) =>
    lossAndGradients(opsKernels, copies as unknown as LossInputs, upstream!, attributes),
  );
  const weight = terms.reduce((sum, term) => sum + term.weight * term.steepness, 0);
  for (const [name, tensor] of Object.entries(actual)) {
    expect(tensor.shape, name).toEqual(expected[name]!.shape);
    const summands = name.startsWith('dKernel') ? batch : 1;
    const absolute = (name === 'losses' ? 1e-6 : 1e-5) * weight * summands;
    try {
      expectClose([...(await tensor.data())], expected[name]!.values, {relative: 1e-5, absolute});
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, {cause: error});
    }
  }
  tf.dispose([{...actual}, {...all}, upstream]);
}

/** Runs a kernel and its composition of ops on the same inputs, of which it disposes. */
async function expectSame<K extends 'unitColumns' | 'unitColumnsGradient'>(
  name: K,
  inputs: Parameters<Kernels<tf.Tensor>[K]>[0],
  tolerance: {relative?: number; absolute?: number},
): Promise<void> {
  const run = (these: Kernels<tf.Tensor>, given: object): Tensors =>
    Object.fromEntries((these[name] as (inputs: object) => tf.Tensor[])(given).entries());
  const expected = await valuesOnCpu({...inputs}, (copies) => run(opsKernels, copies));
  const actual = tf.tidy(() => run(kernels(), inputs));
  for (const [index, tensor] of Object.entries(actual)) {
    expect(tensor.shape).toEqual(expected[index]!.shape);
    expect(tensor.dtype).toBe(expected[index]!.dtype);
    expectClose([...(await tensor.data())], expected[index]!.values, tolerance);
  }
  tf.dispose([actual, {...inputs}]);
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A tensor as it is read. */
interface Values {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

/** What ops make of copies of some tensors on the cpu backend: those of a graphics processor may know fewer digits of a sine. */
async function valuesOnCpu(
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  run: (copies: Tensors) => Tensors,
): Promise<Record<string, Values>> {
  const entries = Object.entries(inputs).filter(
    (entry): entry is [string, tf.Tensor] => entry[1] !== undefined,
  );
  const data = await Promise.all(entries.map(([, tensor]) => tensor.data()));
  await tf.setBackend('cpu');
  try {
    return tf.tidy(() => {
      const copies = entries.map(([name, {shape, dtype}], i) => [name, tf.tensor(data[i]!, shape, dtype)]);
      const results = Object.entries(run(Object.fromEntries(copies)));
      return Object.fromEntries(
        results.map(([name, tensor]) => [
          name,
          {shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()]},
        ]),
      );
    });
  } finally {
    await tf.setBackend(home);
  }
}
