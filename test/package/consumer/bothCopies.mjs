/** One program with both copies of the package, as happens where a dependency requires what the program imports. */
import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs';
import * as esm from 'tfjs-losses';

const cjs = createRequire(import.meta.url)('tfjs-losses');

const labels = tf.tensor1d([0, 2], 'int32');
const features = tf.tensor2d([
  [1, 2],
  [-1, 0.5],
]);
const kernel = tf.tensor2d([
  [1, -1, 0.5],
  [-2, 0.3, 1],
]);
const values = (loss, logits) => loss(labels, logits).arraySync();

const [fromEsm, fromCjs] = [esm, cjs].map(({marginLogits}) => marginLogits(features, kernel));
const mixed = esm.combined([
  [1, cjs.lsoftmax({m: 2})],
  [2, esm.asoftmax({m: 3})],
]);
const pure = esm.combined([
  [1, esm.lsoftmax({m: 2})],
  [2, esm.asoftmax({m: 3})],
]);

const model = tf.sequential({layers: [esm.marginDense({units: 3, inputShape: [2]})]});
let saved;
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  }),
);
const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));

console.log(
  JSON.stringify({
    areTwo: esm.hinge !== cjs.hinge,
    areInstances: [
      cjs.hinge() instanceof esm.HingeLoss,
      esm.marginDense({units: 2}) instanceof cjs.MarginDense,
    ],
    esmOnCjs: values(esm.lsoftmax(), fromCjs),
    cjsOnEsm: values(cjs.lsoftmax(), fromEsm),
    own: values(esm.lsoftmax(), fromEsm),
    mixed: values(mixed, fromEsm),
    pure: values(pure, fromEsm),
    predictions: model.predict(features).arraySync(),
    loadedPredictions: loaded.predict(features).arraySync(),
    loadedLoss: esm.lsoftmax({m: 2, lambda: 1})(labels, loaded.apply(features)).arraySync(),
    loss: cjs.lsoftmax({m: 2, lambda: 1})(labels, model.apply(features)).arraySync(),
  }),
);
