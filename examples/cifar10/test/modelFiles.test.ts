import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type {MarginDense} from 'tfjs-losses';
import {beforeAll, describe, expect, test, vi} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig} from '../config.js';
import {batchesOf} from '../data/batches.js';
import {accuracyOn, pixelTensor} from '../evaluate.js';
import {loadModel, saveModel} from '../modelFiles.js';
import {train} from '../trainer.js';
import * as files from '../writeFile.js';
import {generatedCifar10, temporaryFolder} from './support.js';

vi.mock('../writeFile.js', {spy: true});

const small = {...defaultConfig, hidden: [8], epochs: 1, dropout: 0.2};

beforeAll(async () => {
  await startBackend('wasm');
});

test('a saved model loads again, predicts the same, and resumes λ', async () => {
  const data = generatedCifar10(128, 50);
  const config = {...defaultConfig, hidden: [16, 12], epochs: 2, batchSize: 32, dropout: 0.2, bias: true};
  const {record, model, standardisation} = await train({...config, loss: 'lsoftmax(m=2)'}, data);
  const folder = join(await temporaryFolder(), 'new', 'model');
  await saveModel(folder, model, standardisation);
  expect((await readdir(folder)).sort()).toEqual(['model.json', expect.stringMatching(/^weights-.*\.bin$/)]);

  const loaded = await loadModel(folder);
  expect(loaded.standardisation).toEqual(standardisation);
  expect(await accuracyOn(loaded.model, data.test, loaded.standardisation)).toBe(record.final!.testAccuracy);
  const [batch] = batchesOf(data.test, loaded.standardisation, {batchSize: 50});
  const [before, after] = [model, loaded.model].map((each) => each.predict(pixelTensor(batch!)) as tf.Tensor);
  // tfjs's batch normalisation rounds in another order.
  expect(tf.max(tf.abs(tf.sub(before!, after!))).dataSync()[0]).toBeLessThan(1e-5);
  expect((loaded.model.layers.at(-1) as MarginDense).step).toBe(8);
});

test('the files are what tfjs loads, with its own layers and the margin head', async () => {
  const {model, standardisation} = await train(small, generatedCifar10(64, 10));
  const folder = await temporaryFolder();
  await saveModel(folder, model, standardisation);
  const text = await readFile(join(folder, 'model.json'), 'utf8');
  const {format, modelTopology, weightsManifest} = JSON.parse(text);
  expect(format).toBe('layers-model');
  const classNames = modelTopology.config.layers.map((layer: {class_name: string}) => layer.class_name);
  expect(classNames).toEqual(['Dense', 'BatchNormalization', 'Activation', 'Dropout', 'MarginDense']);
  expect(await readFile(join(folder, weightsManifest[0].paths[0]))).toHaveLength(4 * model.countParams());
});

describe('over an older model', () => {
  async function twoModels() {
    const data = generatedCifar10(64, 10);
    const [older, newer] = [await train(small, data), await train({...small, seed: 2}, data)];
    const folder = await temporaryFolder();
    await saveModel(folder, older.model, older.standardisation);
    const kernelOf = ({model}: {readonly model: tf.LayersModel}) => [...model.getWeights()[0]!.dataSync()];
    return {folder, older, newer, kernelOf};
  }

  test('the new one takes its place, and nothing of the older one is left', async () => {
    const {folder, newer, kernelOf} = await twoModels();
    await saveModel(folder, newer.model, newer.standardisation);
    expect(kernelOf(await loadModel(folder))).toEqual(kernelOf(newer));
    expect(await readdir(folder)).toHaveLength(2);
  });

  test.each([1, 2])('where it stops at its write number %i, the older one is whole', async (failing) => {
    const {folder, older, newer, kernelOf} = await twoModels();
    const {writeFileAtomically} = await vi.importActual<typeof files>('../writeFile.js');
    let writes = 0;
    vi.mocked(files.writeFileAtomically).mockImplementation(async (...args) => {
      if (++writes === failing) throw new Error('no space left');
      return writeFileAtomically(...args);
    });
    await expect(saveModel(folder, newer.model, newer.standardisation)).rejects.toThrow('no space left');
    vi.mocked(files.writeFileAtomically).mockRestore();
    const loaded = await loadModel(folder);
    expect(kernelOf(loaded)).toEqual(kernelOf(older));
    expect(loaded.standardisation).toEqual(older.standardisation);
  });

  test('a damaged one is refused, with the file and what was expected', async () => {
    const {folder} = await twoModels();
    const file = join(folder, 'model.json');
    const {weightsManifest, ...model} = JSON.parse(await readFile(file, 'utf8'));
    const [weights] = weightsManifest[0].paths;
    await writeFile(join(folder, weights), 'short');
    await expect(loadModel(folder)).rejects.toThrow(
      /weights-.*\.bin: expected \d+ bytes, got 5; save the model/,
    );
    model.userDefinedMetadata.preprocessing.mean[7] = 'grey';
    await writeFile(file, JSON.stringify({...model, weightsManifest}));
    await expect(loadModel(folder)).rejects.toThrow(
      /model\.json .*userDefinedMetadata\.preprocessing\.mean\.7: .*expected number, received string; save the model/,
    );
  });
});
