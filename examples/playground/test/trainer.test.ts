import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {type Digits, loadDigits, splitDigits} from '../../quickstart/digits.js';
import {PIXELS} from '../../quickstart/size.js';
import {type Term, termOf} from '../losses.js';
import {Batches, DeviceDigits} from '../worker/data.js';
import {Trainer} from '../worker/trainer.js';

const {train, test} = splitDigits(loadDigits(), {train: 0.03, test: 0.01, seed: 1});
/** 8 and 9 are strangers. */
const known = [0, 1, 2, 3, 4, 5, 6, 7];

/** Trains a few steps and says what came of it, leaving nothing behind. */
async function trainFor(
  steps: number,
  terms: readonly Term[],
  seed: number,
  {labels, images}: Digits = test,
) {
  const parts = [train, test].map((part) => new DeviceDigits(part, known));
  const [trained, tested] = parts as [DeviceDigits, DeviceDigits];
  const trainer = new Trainer(terms, known, seed);
  const batches = new Batches(trained, seed);
  for (let step = 0; step < steps; step++) {
    const batch = batches.next();
    await trainer.step(batch);
    tf.dispose([batch.images, batch.oneHot]);
  }
  const report = await trainer.report(tested);
  const place = labels.indexOf(8);
  const image = images.slice(place * PIXELS, (place + 1) * PIXELS);
  const digits = {validation: tested, test: tested};
  const read = (classes: {name: string; images: Float32Array[]}[]) =>
    trainer.reader.read({image, falseReject: 0.1, classes}, digits);
  const readings = {
    before: await read([]),
    enrolled: await read([{name: '8', images: [image]}]),
    forgotten: await read([]),
  };
  for (const part of [...parts, trainer]) part.dispose();
  return {report, readings};
}

describe('a network of the playground', () => {
  const terms = [termOf('hinge', 0.5), termOf('lsoftmax', 2)];

  it('learns, reads and is disposed of, strangers apart', async () => {
    const tensors = tf.memory().numTensors;
    const untrained = await trainFor(0, terms, 1);
    const {report, readings} = await trainFor(12, terms, 1);
    expect(tf.memory().numTensors).toBe(tensors);

    expect(report.features).toHaveLength(2 * test.labels.length);
    expect(report.directions).toHaveLength(known.length);
    expect(report.accuracy).toBeGreaterThan(untrained.report.accuracy);
    expect(report.terms.every((loss, i) => loss < untrained.report.terms[i]!)).toBe(true);

    const {before, enrolled, forgotten} = readings;
    expect(before.quality.right).toBeGreaterThan(0.4);
    expect(before.quality.strangers!.auroc).toBeGreaterThan(0.5);
    expect(enrolled).toMatchObject({label: '8', threshold: before.threshold});
    // Its cosine is 1, and the score is on the scale of classes of many examples.
    expect(enrolled.score).toBeGreaterThan(enrolled.threshold);
    expect(enrolled.score).toBeLessThanOrEqual(1);
    expect(forgotten).toEqual(before);
  });

  it('weighs each term, over the digits that are known', async () => {
    const [alone, double] = [
      await trainFor(0, [termOf('hinge')], 1),
      await trainFor(0, [termOf('hinge', 2)], 1),
    ];
    expect(double.report.terms[0]).toBeCloseTo(2 * alone.report.terms[0]!, 4);
    // Each of 7 wrong logits is about as large as the right one.
    expect(alone.report.terms[0]).toBeGreaterThan(3);
    expect(alone.report.terms[0]).toBeLessThan(14);
  });

  it('is repeated by the seed, and by no other', async () => {
    const [first, again, other] = [
      await trainFor(2, terms, 1),
      await trainFor(2, terms, 1),
      await trainFor(2, terms, 2),
    ];
    expect(again.report).toEqual(first.report);
    expect(other.report.features).not.toEqual(first.report.features);
  });
});
