import * as tf from '@tensorflow/tfjs-core';
import {loadLayersModel} from '@tensorflow/tfjs-layers';
import {type RecognizerJson, recognizer, type ScoreName} from 'tfjs-losses/recognition';
import {describe, expect, it} from 'vitest';
import {fromBase64, toBase64} from '../../src/recognition/base64.js';
import {at, heads, known, LABELS, modelWith, strangers} from './models.js';

const embed = (xs: number[][]) => xs;
const parsed = (value: unknown): RecognizerJson => JSON.parse(JSON.stringify(value));

describe('a recognizer', () => {
  it.each<ScoreName>(['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'])(
    'is the same again after JSON: %s',
    async (score) => {
      const whole = modelWith();
      const r = recognizer(whole, {labels: LABELS, score, k: 2, batchSize: 4});
      await r.calibrate({known, unknown: strangers}, {falseAccept: 0.2});
      await r.enroll('d', [at(310, 0.1), at(311)]);
      const again = await recognizer.fromJSON(whole, parsed(r));
      expect(parsed(again)).toEqual(parsed(r));
      const queries = [...known.xs, ...strangers];
      expect(await again.recognize(queries)).toEqual(await r.recognize(queries));
      expect([again.labels, again.score, again.threshold]).toEqual([r.labels, r.score, r.threshold]);
      // It goes on where the other stood.
      expect(await again.enroll('d', [at(309)])).toEqual(await r.enroll('d', [at(309)]));
      expect(await again.recognize(queries)).toEqual(await r.recognize(queries));
    },
  );

  it('of a function, and before calibration, too', async () => {
    const r = recognizer(embed);
    await r.enroll('a', [at(0)]);
    const again = await recognizer.fromJSON(embed, parsed(r));
    expect(again.labels).toEqual(['a']);
    expect(again.threshold).toBeNull();
    const ofModel = await recognizer.fromJSON(modelWith(), parsed(recognizer(modelWith(), {labels: LABELS})));
    expect(ofModel.labels).toEqual(LABELS);
  });

  it('belongs to its model after that was saved and loaded', async () => {
    const whole = modelWith();
    const r = recognizer(whole, {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0.1});
    const json = parsed(r);
    let saved: tf.io.ModelArtifacts | undefined;
    await whole.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
      }),
    );
    const loaded = await loadLayersModel(tf.io.fromMemory(saved!));
    const again = await recognizer.fromJSON(loaded, json);
    expect(await again.recognize(strangers)).toEqual(await r.recognize(strangers));
  });

  it('keeps every bit of a number', () => {
    const values = Float32Array.of(0, -0, 1 / 3, 1e-45, 3.4e38, Infinity);
    expect(fromBase64(toBase64(values))).toEqual(values);
    const many = Float32Array.from({length: 10_000}, (_, i) => Math.sin(i));
    expect(fromBase64(toBase64(many.subarray(3)))).toEqual(many.slice(3));
  });
});

describe('the JSON of another model is refused', () => {
  it.each([
    ['other weights', () => modelWith(heads.biased())],
    ['a function', () => embed],
  ])('%s', async (_, other) => {
    const r = recognizer(modelWith(), {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0});
    await expect(recognizer.fromJSON(other() as never, parsed(r))).rejects.toThrow(
      /^recognizer\.fromJSON: this is the JSON of another model, with the head 2x3-.*; give the model that it was made with/,
    );
  });

  it('a model in place of a function', async () => {
    await expect(recognizer.fromJSON(modelWith(), parsed(recognizer(embed)))).rejects.toThrow(
      'this is the JSON of another model, with the head of a function, got one with 2x3-',
    );
  });

  it('a head trained further', async () => {
    const head = heads.marginDense();
    const whole = modelWith(head);
    const r = recognizer(whole, {labels: LABELS});
    await r.calibrate({known}, {falseReject: 0});
    const [kernel] = head.getWeights();
    const changed = tf.add(kernel!, 1e-6);
    head.setWeights([changed]);
    changed.dispose();
    await expect(recognizer.fromJSON(whole, parsed(r))).rejects.toThrow('another model');
  });

  it('a function with other features, at its first call', async () => {
    const r = recognizer(embed);
    await r.enroll('a', [at(0)]);
    await r.calibrate({unknown: [at(90)]}, {falseAccept: 0});
    const again = await recognizer.fromJSON((xs: number[][]) => xs.map((x) => [...x, 1]), parsed(r));
    await expect(again.recognize([at(0)])).rejects.toThrow(
      'recognize: the classes are of 2 features an example, got 3; compute them with the function that the classes were made with',
    );
  });

  it.each([
    ['text', '{}', "got the string '{}'; JSON.parse the text first"],
    ['null', null, 'got null; give what its toJSON() returned'],
    ['other JSON', {a: 1}, 'got an object (Object); give what its toJSON() returned'],
    ['a later version', {format: 'tfjs-losses recognizer', version: 2}, 'got version 2; '],
  ])('what is none: %s', async (_, json, message) => {
    await expect(recognizer.fromJSON(embed, json as never)).rejects.toThrow(
      `recognizer.fromJSON: expected the JSON of a recognizer, version 1, ${message}`,
    );
  });

  it('text is quoted from its beginning only', async () => {
    const text = JSON.stringify(recognizer(embed)).padEnd(5000);
    await expect(recognizer.fromJSON(embed, text as never)).rejects.toThrow(
      /got the string '\{"format":"tfjs-losses recognizer".{20,40}…'; JSON.parse the text first$/,
    );
  });
});

describe('the JSON of a recognizer that was changed is refused, by the field that is wrong', () => {
  const float = toBase64(Float32Array.of(1, 2));
  const entry = {label: 'x', examples: 1, vectors: float};

  it.each<[field: string, value: unknown, message: string]>([
    ['head', 1, 'head must be a string or null, got 1'],
    ['labels', undefined, 'labels must be an array, got undefined'],
    ['labels', ['a', 0], 'labels[1] must be the name of a class, got 0'],
    ['labels', ['a', 'a'], "labels[1] must be the name of one class only, got the string 'a'"],
    [
      'score',
      'euclid',
      "score must be one of logit, probability, energy, cosine, prototype, knn, got the string 'euclid'",
    ],
    ['k', 0, 'k must be an integer >= 1, got 0'],
    ['batchSize', '256', "batchSize must be an integer >= 1, got the string '256'"],
    ['calibration', undefined, 'calibration must be an object, got undefined'],
    ['calibration.threshold', null, 'calibration.threshold must be a finite number, got null'],
    ['calibration.target', 0.1, 'calibration.target must be an object, got 0.1'],
    [
      'calibration.target',
      {falseReject: 1},
      'calibration.target must be {falseReject} or {falseAccept}, a share of at least 0 and less than 1, got 1',
    ],
    [
      'calibration.target',
      {},
      'calibration.target must be {falseReject} or {falseAccept}, a share of at least 0 and less than 1, got an object (Object)',
    ],
    ['calibration.scales', undefined, 'calibration.scales must be an array, got undefined'],
    ['calibration.scales.0', null, 'calibration.scales[0] must be an object, got null'],
    ['calibration.scales.1.examples', 1, 'calibration.scales[1].examples must be an integer > 1, got 1'],
    ['calibration.scales.0.slope', 0, 'calibration.scales[0].slope must be a finite number > 0, got 0'],
    ['calibration.scales.0.offset', '1', "scales[0].offset must be a finite number, got the string '1'"],
    ['learned', {}, 'learned must be an array, got an object (Object)'],
    ['enrolled', null, 'enrolled must be an array, got null'],
    ['enrolled', [null], 'enrolled[0] must be an object, got null'],
    ['enrolled', [{...entry, label: ''}], "enrolled[0].label must be the name of a class, got the string ''"],
    [
      'enrolled',
      [{...entry, label: 'a'}],
      "enrolled[0].label must be the name of one class only, got the string 'a'",
    ],
    ['enrolled', [{...entry, examples: 1.5}], 'enrolled[0].examples must be an integer >= 1, got 1.5'],
    ['enrolled', [{...entry, vectors: 5}], 'enrolled[0].vectors must be 2 float32 numbers in base64'],
    [
      'enrolled',
      [{...entry, vectors: '?'}],
      "in base64 for each of 1 vectors, all finite, got the string '?'",
    ],
    ['enrolled', [{...entry, vectors: 'AAAA'}], 'enrolled[0].vectors must be 2 float32 numbers'],
    ['enrolled', [{...entry, vectors: ''}], 'enrolled[0].vectors must be 2 float32 numbers'],
    [
      'enrolled',
      [{...entry, vectors: toBase64(Float32Array.of(1))}],
      'enrolled[0].vectors must be 2 float32',
    ],
    [
      'enrolled',
      [{...entry, vectors: toBase64(Float32Array.of(1, Number.NaN))}],
      'enrolled[0].vectors must be 2 float32 numbers in base64 for each of 1 vectors, all finite',
    ],
  ])('%s: %j', async (field, value, message) => {
    const r = recognizer(modelWith(), {labels: LABELS, score: 'prototype'});
    await r.calibrate({known}, {falseReject: 0});
    const json = JSON.parse(JSON.stringify(r));
    const path = field.split('.');
    const last = path.pop()!;
    path.reduce((at, name) => at[name], json)[last] = value;
    const error = await recognizer.fromJSON(modelWith(), json).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toMatch(
      /^recognizer\.fromJSON: .*; give what toJSON\(\) returned, unchanged$/,
    );
  });

  it('vectors under knn, one for each example', async () => {
    const r = recognizer(embed, {score: 'knn'});
    await r.enroll('a', [at(0), at(1)]);
    const json = JSON.parse(JSON.stringify(r));
    expect((await recognizer.fromJSON(embed, json)).labels).toEqual(['a']);
    json.enrolled[0].examples = 3;
    await expect(recognizer.fromJSON(embed, json)).rejects.toThrow(
      'enrolled[0].vectors must be some float32 numbers in base64 for each of 3 vectors',
    );
  });
});
