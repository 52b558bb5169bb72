import * as tf from '@tensorflow/tfjs';
import {beforeAll, describe, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {Affine} from '../layers/affine.js';
import {BatchNormalisation} from '../layers/batchNormalisation.js';
import {Dropout} from '../layers/dropout.js';
import {Random} from '../random.js';

beforeAll(async () => {
  await startBackend('wasm');
});

function expectClose(found: tf.Tensor, expected: tf.Tensor, tolerance: number) {
  expect(found.shape).toEqual(expected.shape);
  const difference = tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]!;
  expect(difference).toBeLessThanOrEqual(tolerance);
}

/** The output in training and the gradients of a sum that weighs every entry differently. */
function outputAndGradients(layer: tf.layers.Layer, x: tf.Tensor) {
  const weights = tf.randomNormal(layer.computeOutputShape(x.shape) as number[], 0, 1, 'float32', 7);
  let output!: tf.Tensor;
  const inputGradient = tf.grad((input) => {
    output = tf.keep(layer.apply(input, {training: true}) as tf.Tensor);
    return tf.sum(tf.mul(output, weights));
  })(x);
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const {grads} = tf.variableGrads(
    () => tf.sum(tf.mul(layer.apply(x, {training: true}) as tf.Tensor, weights)),
    variables,
  );
  return {output, inputGradient, weightGradients: variables.map(({name}) => grads[name]!)};
}

describe('does what tfjs’s own layer does', () => {
  const x = () => tf.randomNormal([32, 20], 3, 2, 'float32', 5);

  test.each([
    ['Affine', () => new Affine({units: 8, seed: 1}), () => tf.layers.dense({units: 8, useBias: false})],
    [
      'BatchNormalisation',
      () => new BatchNormalisation(),
      () => tf.layers.batchNormalization({momentum: 0.9, epsilon: 1e-3}),
    ],
  ])('%s: values, gradients and moving averages', (_, makeOurs, makeTheirs) => {
    const ours = makeOurs();
    const theirs = makeTheirs();
    ours.build([null, 20]);
    theirs.build([null, 20]);
    ours.setWeights(
      ours
        .getWeights()
        .map((weight, i) => tf.add(weight, tf.randomNormal(weight.shape, 0, 0.1, 'float32', i))),
    );
    theirs.setWeights(ours.getWeights());
    const found = outputAndGradients(ours, x());
    const expected = outputAndGradients(theirs, x());
    expectClose(found.output, expected.output, 2e-5);
    expectClose(found.inputGradient, expected.inputGradient, 2e-5);
    expect(found.weightGradients).toHaveLength(expected.weightGradients.length);
    found.weightGradients.forEach((gradient, i) => {
      expectClose(gradient, expected.weightGradients[i]!, 1e-4);
    });
    expect(ours.getWeights()).toHaveLength(theirs.getWeights().length);
    ours.getWeights().forEach((weight, i) => {
      expectClose(weight, theirs.getWeights()[i]!, 1e-5);
    });
    expectClose(ours.apply(x()) as tf.Tensor, theirs.apply(x()) as tf.Tensor, 2e-5);
  });

  test('BatchNormalisation of a constant: finite values and gradients', () => {
    const {output, inputGradient} = outputAndGradients(new BatchNormalisation(), tf.ones([16, 4]));
    expect([...output.dataSync()]).toEqual(Array(64).fill(0));
    expect([...inputGradient.dataSync()].every(Number.isFinite)).toBe(true);
  });

  test.each([
    ['Dense', new Affine({units: 3, seed: 1}), {units: 3, useBias: false}],
    ['BatchNormalization', new BatchNormalisation(), {axis: -1, momentum: 0.9, epsilon: 1e-3}],
    ['Dropout', new Dropout({rate: 0.2, random: new Random(1, 'x')}), {rate: 0.2}],
  ])('is saved as %s', (className, layer, config) => {
    expect(layer.getClassName()).toBe(className);
    expect(layer.getConfig()).toMatchObject(config);
  });
});

describe('Dropout', () => {
  const ones = () => tf.ones([100, 100]);
  const run = (layer: Dropout) => [...(layer.apply(ones(), {training: true}) as tf.Tensor).dataSync()];

  test('drops its share and scales up the rest', () => {
    const values = run(new Dropout({rate: 0.25, random: new Random(1, 'dropout')}));
    const dropped = values.filter((value) => value === 0).length;
    expect(Math.abs(dropped / values.length - 0.25)).toBeLessThan(0.02); // nearly five standard deviations
    for (const value of values) if (value !== 0) expect(value).toBeCloseTo(4 / 3, 6);
  });

  test('drops other units at each step, and the same ones for the same seed', () => {
    const layer = new Dropout({rate: 0.5, random: new Random(1, 'dropout')});
    const [first, second] = [run(layer), run(layer)];
    const again = new Dropout({rate: 0.5, random: new Random(1, 'dropout')});
    expect(second).not.toEqual(first);
    expect([run(again), run(again)]).toEqual([first, second]);
  });

  test('does nothing in inference', () => {
    const layer = new Dropout({rate: 0.5, random: new Random(1, 'dropout')});
    expect([...(layer.apply(ones()) as tf.Tensor).dataSync()]).toEqual(Array(10_000).fill(1));
  });
});
