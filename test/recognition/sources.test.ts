/** Where features come from: models of all shapes, and functions. */

import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import {recognizer} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {tensorMemory} from '../support/memory.js';
import {at, heads, known, LABELS, modelWith, passing, setWeights, strangers} from './models.js';

type Build = () => LayersModel;

/** The same network in other clothes. */
const models: Record<string, Build> = {
  'the head alone': () => {
    const head = heads.marginDense();
    const whole = sequential({layers: [head]});
    setWeights(head);
    return whole;
  },
  functional: () => {
    const [head, x] = [heads.marginDense(), input({shape: [2]})];
    const whole = model({inputs: x, outputs: head.apply(passing().apply(x)) as SymbolicTensor});
    setWeights(head);
    return whole;
  },
  'a model in a model': () => sequential({layers: [passing(), modelWith()]}),
  'a model in a model in a model': () =>
    sequential({layers: [passing(), sequential({layers: [passing(), modelWith()]})]}),
  'a model first': () => sequential({layers: [modelWith()]}),
  'with a layer of softmax': () => sequential({layers: [modelWith(), layers.softmax()]}),
  'with an activation': () => sequential({layers: [modelWith(), layers.activation({activation: 'softmax'})]}),
};

describe('a model', () => {
  it.each(Object.entries(models))('%s', async (_, build) => {
    const [plain, other] = [recognizer(modelWith(), {labels: LABELS}), recognizer(build(), {labels: LABELS})];
    for (const r of [plain, other]) await r.calibrate({known}, {falseReject: 0.1});
    expect(await other.recognize(strangers)).toEqual(await plain.recognize(strangers));
  });

  it('of images takes integers as well', async () => {
    const head = heads.marginDense();
    const whole = sequential({layers: [layers.flatten({inputShape: [1, 2, 1]}), head]});
    setWeights(head);
    const r = recognizer(whole, {score: 'logit'});
    const xs = tf.tensor4d([[[[3], [0]]], [[[0], [5]]]], [2, 1, 2, 1], 'int32');
    await r.calibrate({known: {xs, labels: ['0', '1']}}, {falseReject: 0});
    expect((await r.recognize([[[[3], [0]]]])).map(({label, score}) => [label, score])).toEqual([['0', 6]]);
    xs.dispose();
  });

  it('reads the weights that the model has at the time', async () => {
    const head = heads.marginDense();
    const whole = modelWith(head);
    const r = recognizer(whole, {labels: LABELS, score: 'logit'});
    await r.calibrate({known}, {falseReject: 0});
    const kernel = tf.tensor2d([
      [0, 0, 5],
      [0, 0, 0],
    ]);
    head.setWeights([kernel]);
    kernel.dispose();
    expect((await r.recognize([[1, 0]]))[0]).toMatchObject({nearest: 'c', score: 5});
  });
});

describe('a function', () => {
  const doubled = (x: tf.Tensor) => tf.mul(x, 2);
  const functions = {
    'a tensor': (x: tf.Tensor) => doubled(x),
    'a promise': async (x: tf.Tensor) => doubled(x),
    'the tensor that it was given': (x: tf.Tensor) => x,
    integers: (x: tf.Tensor) => tf.cast(tf.round(tf.mul(x, 1000)), 'int32'),
    vectors: async (x: tf.Tensor) => (await x.array()) as number[][],
    'typed arrays': async (x: tf.Tensor) =>
      ((await x.array()) as number[][]).map((row) => Float32Array.from(row)),
  };

  it.each(Object.entries(functions))('may return %s', async (_, source) => {
    const r = recognizer(source, {batchSize: 2});
    const xs = tf.tensor2d(known.xs);
    await r.calibrate({known: {xs, labels: known.labels}}, {falseReject: 0});
    const queries = tf.tensor2d([at(3), at(92), at(228)]);
    expect((await r.recognize(queries)).map(({label}) => label)).toEqual(LABELS);
    tf.dispose([xs, queries]);
  });

  it('is given what the caller gave, a part at a time', async () => {
    const seen: string[][] = [];
    const r = recognizer(
      (names: string[]) => {
        seen.push(names);
        return names.map((name) => at(name.length));
      },
      {batchSize: 2},
    );
    await r.enroll('x', ['1', '22', '333']);
    expect(seen).toEqual([['1', '22'], ['333']]);
  });
});

describe('no tensor stays behind', () => {
  const sources = {
    'of a model': () => recognizer(modelWith(), {labels: LABELS, batchSize: 4}),
    'of a model within a model': () => recognizer(models['a model in a model']!(), {labels: LABELS}),
    'of the head alone': () => recognizer(models['the head alone']!(), {labels: LABELS, score: 'energy'}),
    'of a function': () => recognizer((x: tf.Tensor) => tf.mul(x, 2), {score: 'knn'}),
    'of a function that returns what it is given': () => recognizer((x: tf.Tensor) => x),
  };

  it.each(Object.entries(sources))('%s', async (_, make) => {
    const r = make();
    const [xs, unknown] = [tf.tensor2d(known.xs), tf.tensor2d(strangers)];
    const before = tensorMemory();
    const labelled = {xs, labels: known.labels};
    await r.calibrate({known: labelled, unknown}, {falseAccept: 0.1});
    await r.enroll('d', unknown);
    await r.recognize(xs);
    await r.compare({known: labelled, unknown});
    JSON.stringify(r);
    await expect(r.calibrate({known: {xs, labels: ['a']}}, {falseReject: 0})).rejects.toThrow();
    expect(tensorMemory()).toEqual(before);
    expect(xs.isDisposed || unknown.isDisposed).toBe(false);
    tf.dispose([xs, unknown]);
  });

  it('when the features are wrong', async () => {
    const r = recognizer((x: tf.Tensor) => tf.sum(x));
    const flat = recognizer(modelWith());
    const [xs, wide] = [tf.tensor2d(known.xs), tf.ones([2, 3])];
    const before = tensorMemory();
    await expect(r.enroll('a', xs)).rejects.toThrow('features must have shape');
    await expect(flat.enroll('a', wide)).rejects.toThrow('examples of shape');
    expect(tensorMemory()).toEqual(before);
    tf.dispose([xs, wide]);
  });
});
