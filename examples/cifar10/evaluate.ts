import {setImmediate} from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import {type Batch, batchesOf} from './data/batches.js';
import {type Images, pixelsPerImage} from './data/cifar10.js';
import type {Standardisation} from './data/standardise.js';

const batchSize = 500;

/** The share of the images that the network gets right; null if its outputs are not finite, so that none is the largest. */
export async function accuracyOn(
  model: tf.LayersModel,
  images: Images,
  standardisation: Standardisation,
): Promise<number | null> {
  let correct = 0;
  for (const batch of batchesOf(images, standardisation, {batchSize})) {
    const logits = tf.tidy(() => (model.apply(pixelTensor(batch)) as tf.Tensor).dataSync());
    if (!logits.every(Number.isFinite)) return null;
    correct += countCorrect(logits, batch.labels);
    await setImmediate(); // lets Ctrl-C through
  }
  return correct / images.labels.length;
}

export function pixelTensor({pixels, labels}: Batch): tf.Tensor2D {
  return tf.tensor2d(pixels, [labels.length, pixelsPerImage]);
}

/** How often the largest logit of a row is that of its label. */
export function countCorrect(logits: ArrayLike<number>, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let correct = 0;
  labels.forEach((label, row) => {
    let best = 0;
    for (let candidate = 1; candidate < classes; candidate++) {
      if (logits[row * classes + candidate]! > logits[row * classes + best]!) best = candidate;
    }
    if (best === label) correct++;
  });
  return correct;
}
