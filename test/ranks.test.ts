/** Logits of a higher rank: a sequence of classes, or a class for each pixel. */

import * as tf from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  combined,
  hinge,
  Loss,
  type LossInputs,
  lsoftmax,
  marginDense,
  marginLogits,
  softmax,
} from '../src/index.js';
import {expectClose} from './support/expectClose.js';
import {tensorMemory} from './support/memory.js';
import {read, toLoss} from './support/runLoss.js';
import {everyLoss} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

/** The squared error of the probabilities. */
class BrierLoss extends Loss {
  constructor() {
    super('brier');
  }
  compute({oneHot, logits}: LossInputs): tf.Tensor1D {
    return tf.sum(tf.square(tf.sub(tf.softmax(logits), oneHot)), 1);
  }
  getConfig() {
    return {name: this.name};
  }
}

const losses: Record<string, Loss> = {
  ...Object.fromEntries(Object.entries(everyLoss).map(([name, spec]) => [name, toLoss(spec)])),
  'a loss of the user’s own': new BrierLoss(),
  'a combination with it': combined([
    [1, lsoftmax({m: 2, lambda: 1})],
    [2, new BrierLoss()],
  ]),
};

const [features, classes] = [3, 4];

/** Twelve examples, of which one has no label and one a wrong one. */
const ids = [0, 1, 2, 3, -1, 1, 0, 2, 7, 3, 1, 0];
const count = ids.length;
const wave = (length: number, pace: number) => Float32Array.from({length}, (_, i) => Math.sin(pace * i + 1));

const x = tf.tensor2d(wave(count * features, 1.7), [count, features]);
const w = tf.tensor2d(wave(features * classes, 2.3), [features, classes]);
const bias = tf.tensor1d(wave(classes, 0.9));
const upstream = tf.tensor1d(wave(count, 3.1));
/** No row may be other than one-hot or zeros here, since losses differ in what they do with one. */
const validIds = ids.map((id) => (id < classes ? id : -1));
const rows = () =>
  tf.cast(tf.equal(tf.expandDims(tf.tensor1d(validIds), 1), tf.range(0, classes)), 'float32');

/** The axes in front of the last. */
const shapes = {'[batch, time, classes]': [4, 3], '[batch, height, width, classes]': [2, 3, 2]};

/** Labels for logits with such axes. */
const labelForms: Record<string, (axes: number[]) => tf.Tensor> = {
  'rows of the same shape': (axes) => tf.reshape(rows(), [...axes, classes]),
  'int32 rows': (axes) => tf.cast(tf.reshape(rows(), [...axes, classes]), 'int32'),
  'ids one rank lower': (axes) => tf.tensor(ids, axes, 'int32'),
  'float32 ids': (axes) => tf.tensor(ids, axes),
  'ids with a last axis of 1': (axes) => tf.tensor(ids, [...axes, 1], 'int32'),
};

/** Losses and gradients of logits with such axes, in the shapes that they come in. */
async function run(loss: Loss, labels: tf.Tensor, axes: number[], normalizeKernel: boolean) {
  const {value, grads} = tf.tidy(() =>
    tf.valueAndGrads((...[given, kernel, b]: tf.Tensor[]) =>
      loss(labels, marginLogits(given!, kernel!, {bias: b, normalizeKernel})),
    )([tf.reshape(x, [...axes, features]), w, bias], tf.reshape(upstream, axes)),
  );
  const shapes = [value, grads[0]!].map(({shape}) => shape);
  const numbers = await Promise.all(
    [value, ...grads].map((tensor) => read<number[]>(tf.reshape(tensor, [-1]))),
  );
  tf.dispose([value, ...grads, labels]);
  return {shapes, numbers};
}

describe.each(Object.entries(shapes))('%s', (_, axes) => {
  describe.each(Object.entries(losses))('%s', (_, loss) => {
    it.each(Object.entries(labelForms))(
      'has the losses and gradients of one row after the other, %s',
      async (form, make) => {
        const flat = form.includes('rows') ? tf.tensor1d(validIds) : tf.tensor1d(ids);
        for (const normalizeKernel of [false, true]) {
          const expected = await run(loss, tf.clone(flat), [count], normalizeKernel);
          const actual = await run(loss, make(axes), axes, normalizeKernel);
          expect(actual.shapes).toEqual([axes, [...axes, features]]);
          expectClose(actual.numbers, expected.numbers, {absolute: 0});
          expect(actual.numbers[0]!.some((value) => value > 0)).toBe(true);
        }
      },
    );

    it('leaves nothing behind but what it returns', () => {
      const labels = labelForms['ids one rank lower']!(axes);
      const before = tensorMemory();
      const logits = tf.tidy(() => marginLogits(tf.reshape(x, [...axes, features]), w, {bias}));
      const withLogits = tf.memory().numTensors;
      const result = loss(labels, logits);
      expect(result.shape).toEqual(axes);
      expect(tf.memory().numTensors).toBe(withLogits + 1);
      tf.dispose([result, logits]);
      expect(tensorMemory()).toEqual(before);
      const given = tf.reshape(x, [...axes, features]) as tf.Tensor;
      tf.dispose(tf.grad((kernel) => tf.sum(loss(labels, marginLogits(given, kernel))))(w));
      given.dispose();
      expect(tensorMemory()).toEqual(before);
    });
  });

  it.each([
    ['hinge', hinge()],
    ['softmax', softmax({labelSmoothing: 0.1})],
    ['a loss of the user’s own', new BrierLoss()],
  ])('plain logits will do for %s', async (_, loss) => {
    const logits = tf.tensor2d(wave(count * classes, 1.3), [count, classes]);
    const gradient = (labels: tf.Tensor, at: number[]) =>
      tf.tidy(() =>
        tf.grad((given: tf.Tensor) => loss(labels, given))(
          tf.reshape(logits, [...at, classes]),
          tf.reshape(upstream, at),
        ),
      );
    const actual = gradient(tf.tensor(ids, axes), axes);
    expect(actual.shape).toEqual([...axes, classes]);
    expect(await read(tf.reshape(actual, [count, classes]))).toEqual(
      await read(gradient(tf.tensor(ids), [count])),
    );
  });

  it.each([[[...axes, classes + 1]], [axes.slice(1)], [[...axes, 2]], [[count]], [[count, classes]]])(
    'do not take labels [%s]',
    (shape) => {
      const output = tf.zeros([...axes, classes]);
      expect(() => softmax()(tf.zeros(shape), output)).toThrow(
        new RangeError(
          `softmax: for logits [${axes},${classes}] labels must be one-hot [${axes},${classes}] ` +
            `or class ids [${axes}] or [${axes},1], got [${shape}]`,
        ),
      );
    },
  );
});

describe('marginDense', () => {
  const inputs = {
    'a sequence': wave(2 * 5 * features, 1.1),
    'an image': wave(2 * 4 * 4 * features, 1.1),
  };
  const inputShapes = {'a sequence': [5, features], 'an image': [4, 4, features]};

  describe.each(['a sequence', 'an image'] as const)('on %s', (name) => {
    const inputShape = inputShapes[name];
    const xs = tf.tensor(inputs[name], [2, ...inputShape]);

    it.each([
      ['without bias', [w]],
      ['with bias', [w, bias]],
    ])('predicts as a dense layer does, %s', async (_, weights) => {
      const options = {units: classes, useBias: weights.length === 2, inputShape, weights};
      const [margin, dense] = [marginDense(options), layers.dense(options)].map((layer) =>
        sequential({layers: [layer]}),
      );
      expect(margin!.outputs[0]!.shape).toEqual(dense!.outputs[0]!.shape);
      const [actual, expected] = [margin!, dense!].map((model) => model.predict(xs) as tf.Tensor);
      expect(actual!.shape).toEqual(expected!.shape);
      expectClose(
        await read<number[]>(tf.reshape(actual!, [-1])),
        await read<number[]>(tf.reshape(expected!, [-1])),
        {
          absolute: 1e-6,
        },
      );
    });

    it('has logits that margin losses take, and counts one step a batch', async () => {
      const layer = marginDense({units: classes, inputShape, normalizeKernel: true});
      const model = sequential({layers: [layer]});
      const logits = model.apply(xs, {training: true}) as tf.Tensor;
      const labels = tf.fill(logits.shape.slice(0, -1), 2);
      const result = lsoftmax({m: 3, lambda: () => 0})(labels, logits);
      expect(result.shape).toEqual(labels.shape);
      const flat = marginLogits(tf.reshape(xs, [-1, features]), layer.getWeights()[0]!, {
        normalizeKernel: true,
      });
      const expected = lsoftmax({m: 3, lambda: 0})(tf.fill([flat.shape[0]!], 2), flat);
      expectClose(await read<number[]>(tf.reshape(result, [-1])), await read<number[]>(expected), {
        absolute: 0,
      });
      expect(layer.step).toBe(1);
    });
  });
});
