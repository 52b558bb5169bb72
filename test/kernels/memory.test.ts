/** What a loss needs beside the logits, which with thousands of classes is what decides the size of a batch. */

import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import {asoftmax, combined, hinge, type Loss, lsoftmax, marginLogits, softmax} from '../../src/index.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const [batch, inputs, classes] = [64, 4, 2000];
const matrixBytes = 4 * batch * classes;
const terms = [lsoftmax({m: 4}), asoftmax({m: 4}), hinge(), softmax(), lsoftmax({m: 2}), asoftmax({m: 3})];

/** How many matrices [batch, classes] there are at once, at most, in addition to the logits and the labels. */
async function matricesAtPeak(loss: Loss): Promise<number> {
  const [x, kernel] = [tf.randomNormal([batch, inputs]), tf.randomNormal([inputs, classes])];
  const ids = tf.randomUniform([batch], 0, classes, 'int32');
  const before = tf.memory().numBytes;
  const {peakBytes} = await tf.profile(() =>
    tf.tidy(() => {
      tf.grads((features: tf.Tensor, w: tf.Tensor) => loss(ids, marginLogits(features, w)))([x, kernel]);
    }),
  );
  tf.dispose([x, kernel, ids]);
  return (peakBytes - before) / matrixBytes - 1;
}

describe('forward and backward', () => {
  it.each(terms.map((loss) => [String(loss), loss] as const))('%s', async (_, loss) => {
    expect(await matricesAtPeak(loss)).toBeLessThan(2);
  });

  it.each(terms.map((_, index) => index + 1))('a combination of %i terms', async (length) => {
    const loss = combined(terms.slice(0, length).map((term) => [1 / length, term] as const));
    expect(await matricesAtPeak(loss)).toBeLessThan(2);
  });
});
