/** What a version of tfjs makes of the losses: on each backend their values and gradients, and a training. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import * as losses from 'tfjs-losses';

const {
  CombinedLoss,
  combined,
  FormulaLoss,
  LdamLoss,
  LogitAdjustedLoss,
  Loss,
  lossFromConfig,
  marginDense,
  marginLogits,
} = losses;

const classes = Object.values(losses).filter(
  (value) => value?.prototype instanceof Loss && ![CombinedLoss, FormulaLoss].includes(value),
);
const wantCounts = [LdamLoss, LogitAdjustedLoss];
const made = classes.map((one) => new one(wantCounts.includes(one) ? {counts: [1, 2, 3]} : {}));
const all = combined(made.map((loss) => [0.5, loss]));

const features = [
  [1, 2, -1],
  [0.5, -1, 2],
  [-2, 0, 1],
  [1, 1, 1],
];
const kernel = [
  [1, -1, 2],
  [0.5, 1, 0],
  [-1, 3, 1],
];

async function numbersOf(loss) {
  const ids = tf.tensor1d([0, 2, 1, 0], 'int32');
  const of = (x, w, bias) => loss(ids, marginLogits(x, w, {bias}));
  const inputs = [tf.tensor2d(features), tf.tensor2d(kernel), tf.tensor1d([0.1, -0.2, 0.3])];
  const tensors = [of(...inputs), ...tf.grads(of)(inputs)];
  return Promise.all(tensors.map((tensor) => tensor.array()));
}

async function trained() {
  const model = sequential({layers: [marginDense({units: 3, inputShape: [3]})]});
  model.setWeights([tf.tensor2d(kernel)]);
  model.compile({optimizer: tf.train.sgd(0.1), loss: lossFromConfig(all.getConfig()), metrics: ['accuracy']});
  const labels = tf.oneHot(tf.tensor1d([0, 2, 1, 0], 'int32'), 3);
  const {history} = await model.fit(tf.tensor2d(features), labels, {
    epochs: 5,
    batchSize: 2,
    shuffle: false,
    verbose: 0,
  });
  let saved;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  const loaded = await loadLayersModel(tf.io.fromMemory(saved));
  return {losses: history.loss, predictions: await loaded.predict(tf.tensor2d(features)).array()};
}

const backends = {};
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const entries = [];
  for (const loss of [...made, all]) entries.push([loss.name, await numbersOf(loss)]);
  const {kernelNames} = await tf.profile(() =>
    losses.softmax()(tf.tensor1d([0], 'int32'), tf.tensor2d([[1, 2, 3]])),
  );
  backends[backend] = {
    numbers: Object.fromEntries(entries),
    training: await trained(),
    ownKernel: kernelNames.some((name) => /^tfjs-losses\/\d+\/loss$/.test(name)),
  };
}
console.log(JSON.stringify({version: tf.version_core, backends}));
