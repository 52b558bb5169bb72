import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {asoftmax, hinge, lsoftmax, type MarginLogitsOptions, marginLogits} from '../src/index.js';
import {column, dot, type Matrix, norm, unit} from './reference/vectors.js';
import {expectClose} from './support/expectClose.js';
import {tensorMemory} from './support/memory.js';
import {type Sample, samples} from './support/problems.js';
import {read, toLoss} from './support/runLoss.js';
import {everyLoss} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

function tensor(rows: Matrix): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

/** Logits and the gradients of Σ_bj upstream_bj · logits_bj. */
async function run({problem}: Sample, upstream: Matrix, options: MarginLogitsOptions = {}) {
  const inputs = [tensor(problem.features), tensor(problem.kernel), tf.tensor1d([...problem.bias!])];
  const {value, grads} = tf.tidy(() =>
    tf.valueAndGrads((...args: tf.Tensor[]) => {
      const [features, kernel, bias] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      return marginLogits(features, kernel, {bias, ...options});
    })(inputs, tensor(upstream)),
  );
  tf.dispose(inputs);
  return {
    logits: await read<number[][]>(value),
    features: await read<number[][]>(grads[0]!),
    kernel: await read<number[][]>(grads[1]!),
    bias: await read<number[]>(grads[2]!),
  };
}

/** A sample, and an upstream gradient for each logit. */
const cases = samples().chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    upstream: fc.constant(
      sample.problem.features.map((_, b) =>
        sample.problem.kernel[0]!.map((_, j) => (((b + 1) * 7 + (j + 1) * 3) % 11) / 8 - 0.5),
      ),
    ),
  }),
);

const absolute = 1e-4;

describe('marginLogits', () => {
  it('is x·W + b, with the gradients of that', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({sample, upstream}) => {
        const {features: x, kernel: w, bias} = sample.problem;
        const {logits, features, kernel, bias: biasGradient} = await run(sample, upstream);
        const classes = w[0]!.map((_, j) => j);
        expectClose(
          logits,
          x.map((row) => classes.map((j) => dot(row, column(w, j)) + bias![j]!)),
          {absolute},
        );
        expectClose(
          features,
          upstream.map((slopes) => w.map((row) => dot(slopes, row))),
          {absolute},
        );
        expectClose(
          kernel,
          w.map((_, d) => classes.map((j) => dot(column(x, d), column(upstream, j)))),
          {absolute},
        );
        expectClose(
          biasGradient,
          classes.map((j) => column(upstream, j).reduce((sum, slope) => sum + slope, 0)),
          {absolute},
        );
      }),
    );
  });

  it('is ‖x‖ cos θ + b with normalizeKernel; a column of zeros gives b and takes no gradient', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({sample, upstream}) => {
        const {features: x, kernel: w, bias} = sample.problem;
        const {logits, features, kernel} = await run(sample, upstream, {normalizeKernel: true});
        const units = w[0]!.map((_, j) => unit(column(w, j)));
        expectClose(
          logits,
          x.map((row) => units.map((direction, j) => dot(row, direction) + bias![j]!)),
          {absolute},
        );
        expectClose(
          features,
          upstream.map((slopes) => w.map((_, d) => dot(slopes, column(units, d)))),
          {absolute},
        );
        units.forEach((direction, j) => {
          // What reaches the unit vector, less its part along it, over the length that was divided by.
          const slope = x[0]!.map((_, d) => dot(column(x, d), column(upstream, j)));
          const along = dot(slope, direction);
          const length = norm(column(w, j));
          const expected = slope.map((value, d) =>
            length === 0 ? 0 : (value - along * direction[d]!) / length,
          );
          expectClose(column(kernel, j), expected, {absolute: absolute / (length || 1)});
        });
      }),
    );
  });

  describe('the geometry', () => {
    const features = tf.tensor2d([
      [1, 2],
      [-1, 0.5],
    ]);
    const kernel = tf.tensor2d([
      [1, -1, 0.5],
      [-2, 0.3, 1],
    ]);
    const bias = tf.tensor1d([0.1, 0.2, 0.3]);
    const labels = tf.tensor1d([0, 2], 'int32');
    const variants: Record<string, MarginLogitsOptions> = {
      'without options': {},
      'with bias': {bias},
      'with normalizeKernel': {normalizeKernel: true},
      'with both': {bias, normalizeKernel: true},
    };

    describe.each(Object.entries(variants))('%s', (_, options) => {
      it('lives as long as the logits, and goes with them', () => {
        const before = tensorMemory();
        const logits = marginLogits(features, kernel, options);
        logits.dispose();
        logits.dispose();
        expect(tensorMemory()).toEqual(before);
      });

      it('goes with logits that end in a tidy, or are disposed of in a container', () => {
        const before = tensorMemory();
        tf.tidy(() => {
          marginLogits(features, kernel, options);
        });
        tf.dispose({logits: [marginLogits(features, kernel, options)]});
        expect(tensorMemory()).toEqual(before);
      });

      it('is there for logits that leave a tidy', async () => {
        const logits = tf.tidy(() => tf.tidy(() => marginLogits(features, kernel, options)));
        const expected = lsoftmax({m: 2})(labels, marginLogits(features, kernel, options));
        expect(await read(lsoftmax({m: 2})(labels, logits))).toEqual(await read(expected));
      });

      it('outlives the tensors it was made from', async () => {
        const [x, w] = [tf.clone(features), tf.clone(kernel)];
        const logits = marginLogits(x, w, options);
        tf.dispose([x, w]);
        for (const loss of [lsoftmax({m: 3}), asoftmax({m: 3})]) {
          const expected = loss(labels, marginLogits(features, kernel, options));
          expect(await read(loss(labels, logits))).toEqual(await read(expected));
        }
      });

      // A clone of the wasm backend copies, whatever we do.
      it.skipIf(tf.getBackend() === 'wasm')('copies no data', () => {
        const before = tf.memory().numDataBuffers;
        const logits = marginLogits(features, kernel, options);
        const {bias: b, normalizeKernel} = options;
        const ofItsOwn = ['logits', ...(b ? ['product'] : []), ...(normalizeKernel ? ['unit columns'] : [])];
        expect(tf.memory().numDataBuffers - before).toBe(ofItsOwn.length);
        logits.dispose();
      });
    });

    it('does not show among the properties of the tensor', () => {
      const logits = marginLogits(features, kernel);
      const plain = tf.matMul(features, kernel);
      expect(Object.keys(logits)).toEqual(Object.keys(plain));
      expect(Object.getOwnPropertySymbols({...logits})).toEqual([]);
    });

    it('does not change when a variable is assigned to after the forward pass', async () => {
      const variable = tf.variable(kernel);
      const logits = marginLogits(features, variable as tf.Tensor2D);
      const loss = lsoftmax({m: 3});
      const before = await read(loss(labels, logits));
      variable.assign(tf.mul(kernel, -3));
      expect(await read(loss(labels, logits))).toEqual(before);
    });

    it('serves as many losses as there are, again and again', async () => {
      const logits = marginLogits(features, kernel, {bias});
      const fresh = () => marginLogits(features, kernel, {bias});
      const losses = [...Object.values(everyLoss).map(toLoss), hinge()];
      for (const loss of [...losses, ...losses]) {
        expect(await read(loss(labels, logits))).toEqual(await read(loss(labels, fresh())));
      }
    });
  });
});

// tfjs's own matrix product takes no empty batch on graphics processors.
it.skipIf(['webgl', 'webgpu'].includes(tf.getBackend()))(
  'has the gradient 0 by the kernel for an empty batch',
  async () => {
    const gradients = tf.grads((x: tf.Tensor, w: tf.Tensor) => tf.sum(marginLogits(x, w)));
    const [, byKernel] = gradients([tf.zeros([0, 4]), tf.ones([4, 3])]);
    expect(await read(byKernel!)).toEqual(Array.from({length: 4}, () => [0, 0, 0]));
  },
);
