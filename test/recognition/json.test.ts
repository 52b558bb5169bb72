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
});
