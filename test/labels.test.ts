/** Labels that name no class: those that say so, −1 and rows of zeros, and those that are wrong. */

import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  amsoftmax,
  arcface,
  asoftmax,
  combined,
  combinedMargin,
  focal,
  generalizedCrossEntropy,
  hinge,
  Loss,
  type LossInputs,
  lsoftmax,
  magface,
  marginDense,
  marginLogits,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from '../src/index.js';
import {expectClose} from './support/expectClose.js';
import {read} from './support/runLoss.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

/** √(−log p_y), whose own derivative is infinite at p_y = 1: what tfjs makes of an example without a class is not finite. */
class RootLoss extends Loss {
  constructor() {
    super('root');
  }
  compute({logits, oneHot}: LossInputs): tf.Tensor1D {
    return tf.sqrt(tf.neg(tf.sum<tf.Tensor1D>(tf.mul(oneHot, tf.logSoftmax(logits)), 1)));
  }
  getConfig() {
    return {name: this.name};
  }
}

/** Takes part in a combination as a loss of a user's own does, and is a margin loss at that. */
class Wrapped extends Loss {
  constructor() {
    super('wrapped');
  }
  compute({labels, logits}: LossInputs): tf.Tensor1D {
    return lsoftmax({m: 2, lambda: 1})(labels, logits);
  }
  getConfig() {
    return {name: this.name};
  }
}

const margins: [number, Loss][] = [
  [0.25, hinge()],
  [0.5, lsoftmax({m: 4, lambda: 0.5})],
  [0.5, asoftmax({m: 3, lambda: 0})],
  [0.3, amsoftmax()],
  [0.3, arcface()],
];

/** Losses of this package that take one class an example. */
const hardLosses: Record<string, Loss> = {
  hinge: hinge(),
  lsoftmax: lsoftmax({m: 4, lambda: 0.5}),
  asoftmax: asoftmax({m: 3, lambda: 0}),
  amsoftmax: amsoftmax(),
  arcface: arcface(),
  normalizedSoftmax: normalizedSoftmax(),
  combinedMargin: combinedMargin({m1: 1.2, m2: 0.2, m3: 0.1}),
  magface: magface({minNorm: 1, maxNorm: 3}),
  focal: focal(),
  'focal on arcface': focal({base: arcface()}),
  poly: poly(),
  generalizedCrossEntropy: generalizedCrossEntropy(),
  reverseCrossEntropy: reverseCrossEntropy(),
  normalizedCrossEntropy: normalizedCrossEntropy(),
  'a combination': combined(margins),
  'a nested combination': combined([
    [1, softmax()],
    [2, combined(margins)],
  ]),
};

/** All of them. */
const packageLosses: Record<string, Loss> = {
  ...hardLosses,
  softmax: softmax(),
  'softmax with smoothing': softmax({labelSmoothing: 0.1}),
};

const mixed: Record<string, Loss> = {
  'a combination with a loss of the user’s own': combined([
    [0.5, new RootLoss()],
    [1, combined([...margins, [2, new RootLoss()]])],
  ]),
};

const losses: Record<string, Loss> = {
  ...packageLosses,
  ...mixed,
  'a loss of the user’s own': new RootLoss(),
  'a combination of such losses': combined([[3, new RootLoss()]]),
  'a loss of the user’s own that calls another': new Wrapped(),
};

const x = tf.tensor2d([
  [1, 2],
  [-1, 0.5],
  [0.3, -2],
  [2, 0.1],
]);
const w = tf.tensor2d([
  [0.5, -1, 0.2],
  [1, 0.3, -0.7],
]);
const bias = tf.tensor1d([0.1, -0.2, 0.3]);

/** The class ids of the examples; the third is the one that the tests are about. */
const ids = [0, 1, 2, 0];
const at = 2;
const upstream = [1, -0.5, 2, 0.25];
const upstreamWithout = upstream.map((value, i) => (i === at ? 0 : value));

const rowsOf = (classIds: readonly number[]) => classIds.map((y) => [0, 1, 2].map((j) => Number(j === y)));
const replaced = <T>(list: readonly T[], value: T) => list.map((old, i) => (i === at ? value : old));

type Read = (losses: tf.Tensor1D) => tf.Tensor;

/** Losses, and the gradients with respect to features, kernel and bias. */
async function run(loss: Loss, labels: tf.Tensor, given: readonly number[], around: Read = (value) => value) {
  const {value, grads} = tf.tidy(() =>
    tf.valueAndGrads((...[features, kernel, b]: tf.Tensor[]) =>
      around(loss(labels, marginLogits(features as tf.Tensor2D, kernel!, {bias: b}))),
    )([x, w, bias], tf.tensor1d([...given])),
  );
  labels.dispose();
  return {
    losses: await read<number[]>(value),
    gradients: (await Promise.all(grads.map((gradient) => read<number[] | number[][]>(gradient)))) as [
      number[][],
      number[][],
      number[],
    ],
  };
}

const noLabel: Record<string, () => tf.Tensor> = {
  'the id −1, int32': () => tf.tensor1d(replaced(ids, -1), 'int32'),
  'the id −1, float32': () => tf.tensor1d(replaced(ids, -1)),
  'the id −1 in a column': () => tf.tensor2d(replaced(ids, -1), [4, 1], 'int32'),
  'a row of zeros, float32': () => tf.tensor2d(replaced(rowsOf(ids), [0, 0, 0])),
  'a row of zeros, int32': () => tf.tensor2d(replaced(rowsOf(ids), [0, 0, 0]), undefined, 'int32'),
};

const wrongIds: [number, 'int32' | 'float32'][] = [
  ...[3, -2, 2 ** 31 - 1, -(2 ** 31)].map((id): [number, 'int32'] => [id, 'int32']),
  ...[3, -2, 1.5, -0.5, 2.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
    (id): [number, 'float32'] => [id, 'float32'],
  ),
];
const wrongRows: Record<string, number[]> = {
  'two ones': [1, 1, 0],
  soft: [0.5, 0.5, 0],
  'ones that cancel': [1, 1, -1],
  'a two': [0, 2, 0],
  'a small number': [0, 1e-3, 0],
};
const notNumbers: Record<string, number[]> = {
  'NaN beside a one': [0, Number.NaN, 1],
  'nothing but NaN': [Number.NaN, Number.NaN, Number.NaN],
  infinity: [0, Number.POSITIVE_INFINITY, 0],
};

describe.each(Object.entries(losses))('%s', (_, loss) => {
  /** As if the example had a label like the others, and nothing came back to it. */
  const without = () => run(loss, tf.tensor1d(ids, 'int32'), upstreamWithout);

  it.each(Object.entries(noLabel))('is 0 for an example with %s, and so is its gradient', async (_, make) => {
    const expected = await without();
    const actual = await run(loss, make(), upstream);
    expectClose(actual.losses, replaced(expected.losses, 0), {absolute: 0});
    expectClose(actual.gradients, expected.gradients, {absolute: 0});
    expectClose(actual.gradients[0][at]!, [0, 0], {absolute: 0});
  });

  it.each(wrongIds)('is NaN for an example of the class %d, %s, which has no gradient', async (id, dtype) => {
    const expected = await without();
    const actual = await run(loss, tf.tensor1d(replaced(ids, id), dtype), upstream);
    expectClose(actual.losses, replaced(expected.losses, Number.NaN), {absolute: 0});
    expectClose(actual.gradients, expected.gradients, {absolute: 0});
  });

  it.each(Object.entries(notNumbers))('is NaN for a row of labels with %s', async (_, row) => {
    const expected = await without();
    const actual = await run(loss, tf.tensor2d(replaced(rowsOf(ids), row)), upstream);
    expectClose(actual.losses, replaced(expected.losses, Number.NaN), {absolute: 0});
    expectClose(actual.gradients, expected.gradients, {absolute: 0});
  });

  it('can be left out with tf.where where it is NaN', async () => {
    const expected = await without();
    const actual = await run(loss, tf.tensor1d(replaced(ids, 7), 'int32'), upstream, (value) =>
      tf.where(tf.isNaN(value), 0, value),
    );
    expectClose(actual.losses, replaced(expected.losses, 0), {absolute: 0});
    expectClose(actual.gradients, expected.gradients, {absolute: 0});
  });

  it('trains on with a wrong label in the batch', async () => {
    const model = sequential({
      layers: [marginDense({units: 3, inputShape: [2], useBias: true, weights: [w, bias]})],
    });
    model.compile({optimizer: tf.train.sgd(0.1), loss});
    const {history} = await model.fit(
      x,
      tf.tensor2d(replaced(rowsOf(ids), notNumbers['NaN beside a one']!)),
      {
        epochs: 1,
        verbose: 0,
      },
    );
    expect(history.loss).toEqual([Number.NaN]);
    const {gradients} = await run(
      loss,
      tf.tensor1d(ids, 'int32'),
      [0, 1, 2, 3].map((i) => (i === at ? 0 : 1 / 4)),
    );
    const [kernel, b] = await Promise.all(model.getWeights().map((weight) => weight.array()));
    const stepped = (from: number[], by: number[]) => from.map((value, j) => value - 0.1 * by[j]!);
    const before = (await w.array()) as number[][];
    expectClose(
      kernel as number[][],
      before.map((row, d) => stepped(row, gradients[1][d]!)),
      {absolute: 1e-6},
    );
    expectClose(b as number[], stepped((await bias.array()) as number[], gradients[2]), {absolute: 1e-6});
    model.dispose();
  });
});

describe.each(Object.entries({...hardLosses, ...mixed}))('%s', (_, loss) => {
  it.each(Object.entries(wrongRows))('is NaN for a row that is not one-hot: %s', async (_, row) => {
    const expected = await run(loss, tf.tensor1d(ids, 'int32'), upstreamWithout);
    const actual = await run(loss, tf.tensor2d(replaced(rowsOf(ids), row)), upstream);
    expectClose(actual.losses, replaced(expected.losses, Number.NaN), {absolute: 0});
    expectClose(actual.gradients, expected.gradients, {absolute: 0});
  });
});

describe('logits that are NaN', () => {
  const sick = tf.tensor2d([
    [1, 2],
    [-1, 0.5],
    [Number.NaN, -2],
    [2, 0.1],
  ]);

  function gradientOf(loss: Loss, labels: number[], given: readonly number[]): Promise<number[][]> {
    const gradient = tf.tidy(() =>
      tf.grad((features: tf.Tensor) => loss(tf.tensor1d(labels, 'int32'), marginLogits(features, w, {bias})))(
        sick,
        tf.tensor1d([...given]),
      ),
    );
    return read(gradient);
  }

  describe.each(Object.entries(losses))('%s', (_, loss) => {
    it('make the loss of that example NaN, and its gradient, and nothing of the others', async () => {
      const healthy = await run(loss, tf.tensor1d(ids, 'int32'), upstream);
      const values = await read<number[]>(loss(tf.tensor1d(ids, 'int32'), marginLogits(sick, w, {bias})));
      expectClose(values, replaced(healthy.losses, Number.NaN), {absolute: 0});
      const gradient = await gradientOf(loss, ids, upstream);
      expect(gradient[at]!.some(Number.isNaN)).toBe(true);
      expectClose(replaced(gradient, [0, 0]), replaced(healthy.gradients[0], [0, 0]), {absolute: 0});
    });

    it('do not matter without a label', async () => {
      const expected = await run(loss, tf.tensor1d(ids, 'int32'), upstreamWithout);
      const gradient = await gradientOf(loss, replaced(ids, -1), upstream);
      expectClose(gradient, replaced(expected.gradients[0], [0, 0]), {absolute: 0});
    });
  });

  // Not for losses of users' own, which are made of tfjs's ops.
  it.each(Object.entries(packageLosses))('do not matter where nothing comes back: %s', async (_, loss) => {
    const expected = await run(loss, tf.tensor1d(ids, 'int32'), upstreamWithout);
    const gradient = await gradientOf(loss, ids, upstreamWithout);
    expectClose(gradient, replaced(expected.gradients[0], [0, 0]), {absolute: 0});
  });
});

describe('a single class', () => {
  // What MagFace adds depends on lengths, not on classes.
  const ofClasses = Object.entries(packageLosses).filter(([name]) => name !== 'magface');
  it.each(ofClasses)('has ids, and the loss 0: %s', async (_, loss) => {
    const result = tf.tidy(() => {
      const logits = marginLogits(x, tf.slice(w, [0, 0], [2, 1]));
      return loss(tf.tensor1d([0, -1, 0, 7]), logits);
    });
    expectClose(await read<number[]>(result), [0, 0, 0, Number.NaN], {absolute: 1e-6});
  });
});

describe('class ids', () => {
  it.each(['int32', 'float32'] as const)('are exact among many classes, %s', async (dtype) => {
    const [classes, given] = [5000, [0, 2047, 2048, 2049, 4097, 4999]];
    const logits = tf.cast(tf.oneHot(tf.tensor1d(given, 'int32'), classes), 'float32');
    const result = hinge()(tf.tensor1d(given, dtype), logits as tf.Tensor2D);
    // Of the logits all but the true one are 0 and keep the margin of 1; any other class would violate it.
    expect(await read(result)).toEqual(given.map(() => 0));
    logits.dispose();
  });
});
