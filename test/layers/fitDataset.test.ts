import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {example, exampleIds, modelFor, tensorsOf, weightsOf} from './example.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const batchSize = 3;
const epochs = 2;

/** The example in batches of 3, 3 and 1, with its labels in a form of the test's choice. */
function batches(
  labelsOf: (begin: number, end: number) => tf.Tensor,
): data.Dataset<{xs: tf.Tensor; ys: tf.Tensor}> {
  return data.generator(function* () {
    for (let begin = 0; begin < example.features.length; begin += batchSize) {
      const end = Math.min(begin + batchSize, example.features.length);
      const xs = tf.tensor2d(example.features.slice(begin, end).map((row) => [...row]));
      yield {xs, ys: labelsOf(begin, end)};
    }
  });
}

const ids = (begin: number, end: number) => tf.tensor1d(exampleIds.slice(begin, end), 'int32');

const labelForms: Record<string, (begin: number, end: number) => tf.Tensor> = {
  'one-hot labels': (begin, end) => tf.cast(tf.oneHot(ids(begin, end), 3), 'float32'),
  'one-hot int32 labels': (begin, end) => tf.oneHot(ids(begin, end), 3),
  'class ids [batch]': ids,
  'class ids [batch, 1]': (begin, end) => tf.expandDims(ids(begin, end), 1),
};

async function result(model: LayersModel, history: Record<string, unknown>) {
  return {weights: await weightsOf(model), loss: history.loss};
}

describe('fitDataset', () => {
  describe.each(Object.entries(everyLoss))('with %s', (_, spec) => {
    it.each(Object.entries(labelForms))('trains as fit does, given %s', async (_, labelsOf) => {
      const model = modelFor(example, toLoss(spec));
      const fitted = modelFor(example, toLoss(spec));
      const {xs, ys} = tensorsOf(example);
      const expected = await fitted.fit(xs, ys, {batchSize, epochs, shuffle: false, verbose: 0});
      const {history} = await model.fitDataset(batches(labelsOf), {epochs, verbose: 0});
      expect(await result(model, history)).toEqual(await result(fitted, expected.history));
    });
  });

  it('validates on a dataset, and evaluateDataset gives the same', async () => {
    const model = modelFor(example, toLoss(everyLoss.combined));
    const {history} = await model.fitDataset(batches(ids), {
      epochs: 1,
      validationData: batches(ids),
      verbose: 0,
    });
    const mean = (await model.evaluateDataset(batches(ids), {batches: 3})) as tf.Scalar;
    expect(history.val_loss).toEqual([await mean.array()]);
  });
});
