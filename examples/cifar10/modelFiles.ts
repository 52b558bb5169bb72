import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {classNames} from './data/cifar10.js';
import type {Standardisation} from './data/standardise.js';
import {writeFileAtomically} from './writeFile.js';

const topologyFile = 'model.json';
const weightsFile = 'weights.bin';
const preprocessingFile = 'preprocessing.json';

/**
 * Writes `model.json` and `weights.bin`, the layout that tfjs reads everywhere, and `preprocessing.json` with what the
 * images have to go through. tfjs has no file system of its own outside of tfjs-node.
 */
export async function saveModel(
  folder: string,
  model: tf.LayersModel,
  {mean, deviation}: Standardisation,
): Promise<void> {
  const preprocessing = {mean: [...mean], deviation: [...deviation], classes: classNames};
  await writeFileAtomically(join(folder, preprocessingFile), JSON.stringify(preprocessing));
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const {weightData, weightSpecs, ...topology} = artifacts;
    const manifest = [{paths: [weightsFile], weights: weightSpecs}];
    const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
    await writeFileAtomically(join(folder, weightsFile), weights);
    await writeFileAtomically(
      join(folder, topologyFile),
      JSON.stringify({...topology, weightsManifest: manifest}),
    );
    return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
  });
  await model.save(handler);
}

export interface SavedModel {
  readonly model: tf.LayersModel;
  readonly standardisation: Standardisation;
}

/** Reads what {@link saveModel} wrote. `import 'tfjs-losses'` must have made the margin head known. */
export async function loadModel(folder: string): Promise<SavedModel> {
  const [topology, weights, preprocessing] = await Promise.all([
    readFile(join(folder, topologyFile), 'utf8'),
    readFile(join(folder, weightsFile)),
    readFile(join(folder, preprocessingFile), 'utf8'),
  ]);
  const {weightsManifest, ...rest} = JSON.parse(topology);
  const weightSpecs: tf.io.WeightsManifestEntry[] = weightsManifest[0].weights;
  const weightData = new Uint8Array(weights).buffer;
  const {mean, deviation} = JSON.parse(preprocessing);
  return {
    model: await tf.loadLayersModel(tf.io.fromMemory({...rest, weightSpecs, weightData})),
    standardisation: {mean: Float32Array.from(mean), deviation: Float32Array.from(deviation)},
  };
}
