import {createHash} from 'node:crypto';
import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {z} from 'zod';
import {classNames, pixelsPerImage} from './data/cifar10.js';
import type {Standardisation} from './data/standardise.js';
import {readJson} from './json.js';
import {writeFileAtomically} from './writeFile.js';

const topologyFile = 'model.json';
const weightsFile = /^weights-[0-9a-f]{16}\.bin$/;

const perPixel = z.array(z.number()).length(pixelsPerImage);
/** What the images have to go through, as the model's user-defined metadata. */
const preprocessingSchema = z.object({mean: perPixel, deviation: perPixel, classes: z.array(z.string())});

const modelSchema = z.looseObject({
  format: z.literal('layers-model'),
  modelTopology: z.looseObject({}),
  weightsManifest: z.tuple([
    z.object({
      paths: z.tuple([z.string().regex(weightsFile)]),
      weights: z.array(
        z.object({name: z.string(), shape: z.array(z.int().min(0)), dtype: z.literal('float32')}),
      ),
    }),
  ]),
  userDefinedMetadata: z.object({preprocessing: preprocessingSchema}),
});

/**
 * Writes the layout that tfjs reads everywhere, with the means and deviations of the pixels in its metadata. Over an older
 * model, all or nothing: the weights have a name of their own, and only with `model.json`, which names it, the new
 * model takes the place of the old one. tfjs has no file system of its own outside of tfjs-node.
 */
export async function saveModel(
  folder: string,
  model: tf.LayersModel,
  {mean, deviation}: Standardisation,
): Promise<void> {
  model.setUserDefinedMetadata({
    preprocessing: {mean: [...mean], deviation: [...deviation], classes: [...classNames]},
  });
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const {weightData, weightSpecs, ...topology} = artifacts;
    const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
    const name = `weights-${createHash('sha256').update(weights).digest('hex').slice(0, 16)}.bin`;
    await writeFileAtomically(join(folder, name), weights);
    const weightsManifest = [{paths: [name], weights: weightSpecs}];
    await writeFileAtomically(join(folder, topologyFile), JSON.stringify({...topology, weightsManifest}));
    for (const other of await readdir(folder)) {
      if (weightsFile.test(other) && other !== name) await rm(join(folder, other));
    }
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
  const file = join(folder, topologyFile);
  const remedy = 'save the model again with "npm run cifar10 -- train --save"';
  const {weightsManifest, userDefinedMetadata, ...rest} = await readJson(file, modelSchema, remedy);
  const [{paths, weights: weightSpecs}] = weightsManifest;
  const weights = await readFile(join(folder, paths[0]));
  const expected = weightSpecs.reduce((sum, {shape}) => sum + 4 * tf.util.sizeFromShape(shape), 0);
  if (weights.length !== expected) {
    throw new Error(
      `${join(folder, paths[0])}: expected ${expected} bytes, got ${weights.length}; ${remedy}`,
    );
  }
  const weightData = new Uint8Array(weights).buffer;
  const {mean, deviation} = userDefinedMetadata.preprocessing;
  return {
    model: await tf.loadLayersModel(tf.io.fromMemory({...rest, weightSpecs, weightData})),
    standardisation: {mean: Float32Array.from(mean), deviation: Float32Array.from(deviation)},
  };
}
