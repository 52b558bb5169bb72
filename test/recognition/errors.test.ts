import * as tf from '@tensorflow/tfjs-core';
import {input, layers, model, type SymbolicTensor, sequential} from '@tensorflow/tfjs-layers';
import {recognizer} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {errorOf, wrong} from '../errors/rejects.js';
import {at, heads, known, LABELS, modelWith, reluModel, strangers} from './models.js';

const embed = (xs: number[][]) => xs;
const ofModel = () => recognizer(reluModel(), {labels: LABELS});
const endsIn = (layer: layers.Layer) => sequential({layers: [layer]});

type Call = () => unknown;

describe('wrong options throw at once', () => {
  it.each<[string, Call, typeof TypeError | typeof RangeError, string]>([
    [
      'no source',
      () => recognizer(wrong(null)),
      TypeError,
      'recognizer: it takes a LayersModel or a function from examples to features, got null; for a GraphModel write (x) => graphModel.predict(x), for embeddings (embeddings) => embeddings',
    ],
    [
      'a model with nothing',
      () => recognizer(sequential()),
      RangeError,
      'recognizer: the model is not built yet; give its first layer an inputShape',
    ],
    [
      'a model without a head',
      () => recognizer(endsIn(layers.flatten({inputShape: [2, 2], name: 'flat'}))),
      RangeError,
      "recognizer: the model must end in marginDense or dense, got a layer Flatten ('flat'); for the features of any other model give a function, such as (x) => model.predict(x)",
    ],
    [
      'features that look like a head',
      () => recognizer(endsIn(layers.dense({units: 2, activation: 'relu', inputShape: [2], name: 'end'}))),
      RangeError,
      "recognizer: the last layer must have no activation or softmax, got relu ('end'); for the features of any other model give a function, such as (x) => model.predict(x)",
    ],
    [
      'an unknown option',
      () => recognizer(embed, wrong({scores: 'knn'})),
      TypeError,
      "recognizer: unknown option 'scores'; the options are labels, score, k, batchSize",
    ],
    [
      'an unknown score',
      () => recognizer(embed, wrong({score: 'euclid'})),
      RangeError,
      "recognizer: score must be one of logit, probability, energy, cosine, prototype, knn, got the string 'euclid'",
    ],
    [
      'a score without a head',
      () => recognizer(embed, {score: 'logit'}),
      RangeError,
      "recognizer: the score 'logit' needs the weights of a model's last layer, and features have none; use 'prototype' or 'knn'",
    ],
    [
      'labels without a head',
      () => recognizer(embed, {labels: ['a']}),
      TypeError,
      "recognizer: labels name the units of a model's last layer, and features have none; classes come from the labels of calibrate and from enroll",
    ],
    [
      'too few labels',
      () => recognizer(modelWith(), {labels: ['a']}),
      RangeError,
      'recognizer: labels must be an array of 3 names, one for each unit of the last layer, got an array of length 1',
    ],
    [
      'the same label twice',
      () => recognizer(modelWith(), {labels: ['a', 'b', 'a']}),
      RangeError,
      "recognizer: labels must differ, got 'a' twice",
    ],
    [
      'a number for a label',
      () => recognizer(modelWith(), {labels: wrong([0, 1, 2])}),
      TypeError,
      'recognizer: the name of a class must be a string with something in it, got 0',
    ],
    ['k = 0', () => recognizer(embed, {k: 0}), RangeError, 'recognizer: k must be an integer >= 1, got 0'],
    [
      'half an example',
      () => recognizer(embed, {batchSize: 0.5}),
      RangeError,
      'recognizer: batchSize must be an integer >= 1, got 0.5',
    ],
    [
      'no target',
      () => ofModel().calibrate({known}, wrong({})),
      TypeError,
      'calibrate: give either {falseReject} or {falseAccept}, one of them, got none',
    ],
    [
      'two targets',
      () => ofModel().calibrate({known}, wrong({falseReject: 0, falseAccept: 0})),
      TypeError,
      'calibrate: give either {falseReject} or {falseAccept}, one of them, got both',
    ],
    [
      'a percentage',
      () => ofModel().calibrate({known}, {falseReject: 5}),
      RangeError,
      'calibrate: falseReject must be a share, at least 0 and less than 1, got 5',
    ],
    [
      'a nameless class',
      () => ofModel().enroll('', [at(0)]),
      TypeError,
      "enroll: the name of a class must be a string with something in it, got the string ''",
    ],
    [
      'a class of the head',
      () => ofModel().enroll('a', [at(0)]),
      RangeError,
      "enroll: 'a' is a class already, of the head or of calibration; give the new class another name",
    ],
    [
      'to forget a class of the head',
      () => ofModel().forget('a'),
      RangeError,
      "forget: 'a' is not enrolled; enrolled are none",
    ],
  ])('%s', (_, make, type, message) => {
    const error = errorOf(make);
    expect(error.message).toBe(message);
    expect(error).toBeInstanceOf(type);
  });
});

describe('wrong data reject', () => {
  const two = (r: ReturnType<typeof ofModel>) => r.calibrate({known}, {falseReject: 0}).then(() => r);
  const known1 = {xs: [at(0), at(90)], labels: ['a', 'b']};

  it.each<[string, () => Promise<unknown>, typeof TypeError | typeof RangeError, string]>([
    [
      'not calibrated',
      () => ofModel().recognize([at(0)]),
      RangeError,
      'recognize: there is no threshold yet; await calibrate({known: {xs, labels}}, {falseReject: 0.05}) first',
    ],
    [
      'no examples',
      async () => (await two(ofModel())).recognize([]),
      RangeError,
      'recognize: there must be at least one example, got none',
    ],
    [
      'no examples in a tensor',
      () => ofModel().enroll('d', tf.zeros([0, 2])),
      RangeError,
      'enroll: there must be at least one example, got none',
    ],
    [
      'one vector in place of a batch',
      () => ofModel().enroll('d', wrong(Float32Array.of(1, 2))),
      TypeError,
      'enroll: give examples as a tensor [batch, …] or as an array, got an object (Float32Array); wrap a single one in [ ]',
    ],
    [
      'wrong width',
      async () => (await two(ofModel())).recognize([[1, 2, 3]]),
      RangeError,
      'recognizer: the model takes examples of shape [2], got [3]; the first axis of what you give counts the examples',
    ],
    [
      'NaN',
      async () => (await two(ofModel())).recognize([at(0), [Number.NaN, 1]]),
      RangeError,
      'recognize: example 1 must have finite numbers only, got NaN; leave it out',
    ],
    [
      'NaN in typed arrays',
      () => ofModel().enroll('d', [Float32Array.of(1, 2), Float32Array.of(1, Number.NaN)]),
      RangeError,
      'enroll: example 1 must have finite numbers only, got NaN; leave it out',
    ],
    [
      'NaN in a tensor, in a later part',
      () => recognizer(reluModel(), {batchSize: 1}).enroll('d', tf.tensor2d([at(0), at(0), [0, Number.NaN]])),
      RangeError,
      'enroll: example 2 must have finite numbers only, got NaN; leave it out',
    ],
    [
      'NaN in one of several tensors',
      () => ofModel().enroll('d', [tf.tensor1d([1, 2]), tf.tensor1d([Number.NaN, 2])]),
      RangeError,
      'enroll: example 1 must have finite numbers only, got NaN; leave it out',
    ],
    [
      'NaN for a function',
      () =>
        recognizer((xs: number[][]) => tf.tidy(() => tf.relu(tf.tensor2d(xs)))).enroll('d', [
          [Number.NaN, 1],
        ]),
      RangeError,
      'enroll: example 0 must have finite numbers only, got NaN; leave it out',
    ],
    [
      'NaN among the features of a function',
      () => recognizer(() => [[Number.NaN, 1]]).enroll('d', ['x']),
      RangeError,
      'enroll: the features of example 0 must be finite numbers, got NaN; look for NaN in what was given',
    ],
    [
      'strings',
      () => ofModel().enroll('d', [at(0), ['1', '2']]),
      TypeError,
      "enroll: example 1 must have finite numbers only, got the string '1'; leave it out",
    ],
    [
      'a tensor of strings',
      () => ofModel().enroll('d', tf.tensor2d([['1', '2']])),
      TypeError,
      'enroll: examples must be numbers, got a tensor of strings',
    ],
    [
      'null',
      () => ofModel().enroll('d', [at(0), null]),
      TypeError,
      'enroll: example 1 must have finite numbers only, got null; leave it out',
    ],
    [
      'null for a number',
      () => ofModel().enroll('d', [[1, null]]),
      TypeError,
      'enroll: example 0 must have finite numbers only, got null; leave it out',
    ],
    [
      'examples of two widths',
      () => ofModel().enroll('d', [at(0), [1, 2, 3]]),
      RangeError,
      'enroll: all examples must be of the same shape, got [2] for example 0 and [3] for example 1',
    ],
    [
      'rows of two widths',
      () => ofModel().enroll('d', [[[1, 2], [1]]]),
      RangeError,
      'enroll: example 0 must have rows of the same shape, got [2] and [1]',
    ],
    [
      'a single example',
      () => ofModel().enroll('d', at(0)),
      RangeError,
      'recognizer: the model takes examples of shape [2], got []; the first axis of what you give counts the examples; for a single one, wrap it in [ ] or use tf.expandDims(x, 0)',
    ],
    [
      'a single example as a tensor',
      () => ofModel().enroll('d', tf.tensor1d([1, 2])),
      RangeError,
      'recognizer: the model takes examples of shape [2], got []; the first axis of what you give counts the examples; for a single one, wrap it in [ ] or use tf.expandDims(x, 0)',
    ],
    [
      'an infinite number',
      () => recognizer(embed).enroll('a', [at(0), [1, Number.POSITIVE_INFINITY]]),
      RangeError,
      'enroll: example 1 must have finite numbers only, got Infinity; leave it out',
    ],
    [
      'vectors of two widths',
      () => recognizer(embed).enroll('a', [[1], [1, 2]]),
      RangeError,
      'recognizer: the features of each example must be a vector of the same length, got an array of length 1 and an array of length 2',
    ],
    [
      'widths that change',
      () => recognizer(embed, {batchSize: 1}).enroll('a', [[1], [1, 2]]),
      RangeError,
      'enroll: features must always be of the same width, got 1 and 2',
    ],
    [
      'features without a batch',
      () => recognizer(() => wrong(5)).enroll('a', [1]),
      RangeError,
      'recognizer: the features of 1 examples must be a tensor [1, features] or an array of 1 vectors, got 5',
    ],
    [
      'a single vector',
      () => recognizer(embed).enroll('a', wrong([1, 2])),
      RangeError,
      'recognizer: the features of each example must be a vector, got the number 1; wrap a single example in [ ]',
    ],
    [
      'features of no width',
      () => recognizer(embed).enroll('a', [[]]),
      RangeError,
      'recognizer: the features of each example must be a vector of the same length, got an array of length 0 and an array of length 0',
    ],
    [
      'features of three axes',
      () => recognizer(() => tf.zeros([1, 2, 2])).enroll('a', [1]),
      RangeError,
      'recognizer: features must have shape [batch, features], for these examples [1, features], got [1,2,2]; flatten the features of each example',
    ],
    [
      'no known',
      () => ofModel().calibrate({}, {falseReject: 0}),
      TypeError,
      'calibrate: it needs known examples; give {known: {xs, labels}}',
    ],
    [
      'no examples at all',
      () => ofModel().calibrate(wrong(undefined), {falseReject: 0}),
      TypeError,
      'calibrate: it needs known examples; give {known: {xs, labels}}',
    ],
    [
      'no strangers',
      () => ofModel().calibrate({known}, {falseAccept: 0}),
      TypeError,
      'calibrate: falseAccept needs examples of strangers; give {known, unknown}, or ask for {falseReject}',
    ],
    [
      'no labels',
      () => ofModel().calibrate({known: wrong({xs: known.xs})}, {falseReject: 0}),
      TypeError,
      "calibrate: known must be {xs, labels}, examples and an array with the name of each one's class, got an object (Object)",
    ],
    [
      'ids for labels',
      () => ofModel().calibrate({known: {xs: [at(0)], labels: wrong([0])}}, {falseReject: 0}),
      TypeError,
      'calibrate: labels[0] must be the name of a class, got 0; for ids write ids.map((id) => names[id])',
    ],
    [
      'an unknown label',
      () => ofModel().calibrate({known: {xs: [at(0)], labels: ['z']}}, {falseReject: 0}),
      RangeError,
      "calibrate: the classes are 'a', 'b', 'c', got an example of 'z'; enroll it first, or give it as unknown",
    ],
    [
      'too few labels',
      () => ofModel().calibrate({known: {xs: known.xs, labels: ['a']}}, {falseReject: 0}),
      RangeError,
      'calibrate: there must be a label for each example, got 9 examples and 1 labels',
    ],
    [
      'too few of a class',
      () => recognizer(embed).calibrate({known: known1}, {falseReject: 0}),
      RangeError,
      "calibrate: the score 'prototype' needs at least 2 known examples of each class, got 1 of 'a'",
    ],
    [
      'none of a class',
      () =>
        recognizer(modelWith(), {labels: LABELS, score: 'knn'}).calibrate({known: known1}, {falseReject: 0}),
      RangeError,
      "calibrate: the score 'knn' needs at least 2 known examples of each class, got 1 of 'a'",
    ],
    [
      'no strangers to compare with',
      () => ofModel().compare(wrong({known})),
      TypeError,
      'compare: it needs examples of strangers as well; give {known, unknown}',
    ],
    [
      'an empty list of strangers to compare with',
      () => ofModel().compare({known, unknown: []}),
      RangeError,
      'compare: unknown: there must be at least one example, got none',
    ],
    [
      'an empty list of known to compare with',
      () => ofModel().compare({known: {xs: [], labels: []}, unknown: strangers}),
      RangeError,
      'compare: known.xs: there must be at least one example, got none',
    ],
    [
      'an empty list of strangers',
      () => ofModel().calibrate({known, unknown: []}, {falseAccept: 0}),
      RangeError,
      'calibrate: unknown: there must be at least one example, got none',
    ],
    [
      'an empty list of known',
      () => ofModel().calibrate({known: {xs: [], labels: []}}, {falseReject: 0}),
      RangeError,
      'calibrate: known.xs: there must be at least one example, got none',
    ],
    [
      'nothing to compare',
      () => ofModel().compare(wrong(undefined)),
      TypeError,
      "compare: known must be {xs, labels}, examples and an array with the name of each one's class, got undefined",
    ],
  ])('%s', async (_, call, type, message) => {
    const error = await call().catch((reason: unknown) => reason);
    expect((error as Error).message).toBe(message);
    expect(error).toBeInstanceOf(type);
  });

  it('a scale that could not be found', async () => {
    const message =
      /could not tell how cosines with enrolled classes compare with the scores of the head; .* use the score 'prototype'$/;
    const after = ofModel();
    await after.calibrate({known: known1}, {falseReject: 0});
    await expect(after.enroll('d', [at(310)])).rejects.toThrow(message);
    const before = ofModel();
    await before.enroll('d', [at(310)]);
    await expect(before.calibrate({known: known1}, {falseReject: 0})).rejects.toThrow(message);
  });

  it('other features than those of the classes', async () => {
    const r = recognizer(embed);
    await r.enroll('a', [at(0)]);
    await expect(r.enroll('b', [[1, 2, 3]])).rejects.toThrow(
      'enroll: the classes are of 2 features an example, got 3; ',
    );
  });

  it('strangers with other features than the known', async () => {
    const unknown = [[1, 2, 3]];
    const message = 'the classes are of 2 features an example, got 3; ';
    await expect(recognizer(embed).calibrate({known, unknown}, {falseAccept: 0})).rejects.toThrow(message);
    await expect(recognizer(embed).compare({known, unknown})).rejects.toThrow(message);
  });

  it('no class left', async () => {
    const r = recognizer(embed);
    await r.enroll('a', [at(0)]);
    await r.calibrate({unknown: strangers}, {falseAccept: 0});
    r.forget('a');
    await expect(r.recognize([at(0)])).rejects.toThrow('recognize: there is no class left; enroll one first');
  });

  it('a misspelt class to forget, among those there are', async () => {
    const r = recognizer(embed);
    for (let i = 0; i < 12; i++) await r.enroll(`n${i}`, [at(i)]);
    expect(() => r.forget('x')).toThrow(
      "forget: 'x' is not enrolled; enrolled are 'n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9' … (12)",
    );
  });
});

it('a model of several inputs or outputs', () => {
  const [x, y] = [input({shape: [2]}), input({shape: [2]})];
  const sum = layers.add().apply([x, y]) as SymbolicTensor;
  const logits = heads.dense().apply(sum) as SymbolicTensor;
  const remedy = 'give a function that returns features instead';
  expect(() => recognizer(model({inputs: [x, y], outputs: logits}))).toThrow(
    `recognizer: the model must have one input, got 2; ${remedy}`,
  );
  expect(() => recognizer(model({inputs: [x, y], outputs: [logits, sum]}))).toThrow(
    `recognizer: the model must have one output, got 2; ${remedy}`,
  );
});
