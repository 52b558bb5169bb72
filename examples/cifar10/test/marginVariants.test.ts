import * as tf from '@tensorflow/tfjs';
import {asoftmax, lsoftmax, marginLogits} from 'tfjs-losses';
import {beforeAll, describe, expect, test} from 'vitest';
import {MarginVariant, variantLosses} from '../experiments/marginVariants.js';
import {hypotheses, oddMarginTrial} from '../experiments/oddMargins.js';
import {parseLoss} from '../lossExpression.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** None of them on the border between two pieces. */
const thetas = Array.from({length: 50}, (_, i) => ((i + 0.3) / 50) * Math.PI);

/** f_y at each angle: the features turn away from the true class's weights, at right angles to those of the other, whose logit is 0. */
function targetsOf(loss: MarginVariant): Float32Array {
  return tf.tidy(() => {
    const features = tf.tensor2d(thetas.map((theta) => [Math.cos(theta), Math.sin(theta), 0]));
    const kernel = tf.tensor2d([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    const losses = loss(tf.fill([thetas.length], 0, 'int32'), marginLogits(features, kernel));
    return tf.neg(tf.log(tf.expm1(losses))).dataSync() as Float32Array; // L = log(1 + e^−f)
  });
}

describe('readings of the margin', () => {
  test.each([2, 3, 4])('are what they say as functions of the angle, m = %i', (m) => {
    const k = (theta: number) => Math.floor((theta * m) / Math.PI);
    const expected = {
      psi: (theta: number) => (-1) ** k(theta) * Math.cos(m * theta) - 2 * k(theta),
      cosine: (theta: number) => Math.cos(m * theta),
      unsigned: (theta: number) => Math.cos(m * theta) - 2 * k(theta),
      unstepped: (theta: number) => (-1) ** k(theta) * Math.cos(m * theta),
    };
    for (const [name, formula] of Object.entries(expected)) {
      const values = targetsOf(new MarginVariant('lsoftmax', name as keyof typeof expected, {m}));
      thetas.forEach((theta, i) => {
        expect(values[i], `${name}(${theta})`).toBeCloseTo(formula(theta), 4);
      });
    }
  });

  test.each(['lsoftmax', 'asoftmax'] as const)('with ψ itself are %s, values and gradients', (family) => {
    const features = tf.randomNormal<tf.Rank.R2>([6, 5], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R2>([5, 4], 0, 1, 'float32', 2);
    const labels = tf.tensor1d([0, 1, 2, 3, 0, 1], 'int32');
    const options = {m: 3, lambda: 0.7};
    const ours = {lsoftmax, asoftmax}[family](options);
    const variant = new MarginVariant(family, 'psi', options);
    const [expected, got] = [ours, variant].map((loss) => {
      const valueAndGradients = tf.valueAndGrads((x, w) =>
        loss(labels, marginLogits(x as tf.Tensor2D, w as tf.Tensor2D)).sum(),
      );
      const {value, grads} = valueAndGradients([features, kernel]);
      return [value, ...grads].flatMap((tensor) => [...tensor.dataSync()]);
    });
    expected!.forEach((value, i) => {
      expect(got![i]).toBeCloseTo(value, 3);
    });
    expect(variant.trainsAnglesOnly).toBe(ours.trainsAnglesOnly);
  });

  test('every hypothesis is a loss that the trials understand', () => {
    const options = {seed: 1, epochs: 10, limit: null};
    const losses = hypotheses.map(
      (hypothesis) => oddMarginTrial('asoftmax', 3, hypothesis, options).config.loss,
    );
    expect(new Set(losses).size).toBe(hypotheses.length);
    for (const loss of losses) {
      const {options, trainsAnglesOnly} = parseLoss(loss, variantLosses) as MarginVariant;
      expect({m: options.m, trainsAnglesOnly}).toEqual({m: 3, trainsAnglesOnly: true});
    }
  });
});
