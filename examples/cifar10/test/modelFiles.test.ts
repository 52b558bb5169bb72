import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type {MarginDense} from 'tfjs-losses';
import {beforeAll, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig} from '../config.js';
import {batchesOf} from '../data/batches.js';
import {accuracyOn, pixelTensor} from '../evaluate.js';
import {loadModel, saveModel} from '../modelFiles.js';
import {train} from '../trainer.js';
import {generatedCifar10, temporaryFolder} from './support.js';

beforeAll(async () => {
  await startBackend('wasm');
});

test('a saved model loads again, predicts the same, and resumes λ', async () => {
  const data = generatedCifar10(128, 50);
  const config = {...defaultConfig, hidden: [16, 12], epochs: 2, batchSize: 32, dropout: 0.2, bias: true};
  const {record, model, standardisation} = await train({...config, loss: 'lsoftmax(m=2)'}, data);
  const folder = join(await temporaryFolder(), 'new', 'model');
  await saveModel(folder, model, standardisation);
  expect((await readdir(folder)).sort()).toEqual(['model.json', 'preprocessing.json', 'weights.bin']);

  const loaded = await loadModel(folder);
  expect(await accuracyOn(loaded.model, data.test, loaded.standardisation)).toBe(record.final!.testAccuracy);
  const [batch] = batchesOf(data.test, loaded.standardisation, {batchSize: 50});
  const [before, after] = [model, loaded.model].map((each) => each.predict(pixelTensor(batch!)) as tf.Tensor);
  // tfjs's batch normalisation rounds in another order.
  expect(tf.max(tf.abs(tf.sub(before!, after!))).dataSync()[0]).toBeLessThan(1e-5);
  expect((loaded.model.layers.at(-1) as MarginDense).step).toBe(8);
});

test('the files are what tfjs loads, with its own layers and the margin head', async () => {
  const {model, standardisation} = await train(
    {...defaultConfig, hidden: [8], epochs: 1, dropout: 0.2},
    generatedCifar10(64, 10),
  );
  const folder = await temporaryFolder();
  await saveModel(folder, model, standardisation);
  const {format, modelTopology, weightsManifest} = JSON.parse(
    await readFile(join(folder, 'model.json'), 'utf8'),
  );
  expect(format).toBe('layers-model');
  const classNames = modelTopology.config.layers.map((layer: {class_name: string}) => layer.class_name);
  expect(classNames).toEqual(['Dense', 'BatchNormalization', 'Activation', 'Dropout', 'MarginDense']);
  expect(weightsManifest[0].paths).toEqual(['weights.bin']);
  expect(await readFile(join(folder, 'weights.bin'))).toHaveLength(4 * model.countParams());
});
