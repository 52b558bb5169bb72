import {cpus} from 'node:os';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {quantile} from 'simple-statistics';
import {marginDense} from 'tfjs-losses';
import {startBackend} from './backend.js';
import {defaultConfig} from './config.js';
import {classNames, pixelsPerImage} from './data/cifar10.js';
import {installFastMatMul} from './fastMatMul.js';
import {parseLoss} from './lossExpression.js';
import {buildNetwork} from './network.js';
import {createOptimizer} from './optimizer.js';
import {outliveOutput} from './program.js';
import {Random} from './random.js';
import {TrainingStep} from './trainingStep.js';
import {versions} from './versions.js';
import {writeFileAtomically} from './writeFile.js';

/*
 * How much faster is a training step here than on stock wasm? Four variants take turns in one process, so that whatever
 * else the machine does hits all of them alike. Run it with `npm run bench:step`.
 */

const rounds = 6;
const stepsPerRound = 10;
const batchSize = 128;
const dropout = 0.1;
const hidden = [100, 100, 100, 100, 100];
const required = 3.5;
const resultsFile = fileURLToPath(new URL('../../docs/results/step-benchmark.json', import.meta.url));

interface Variant {
  readonly layers: string;
  readonly matMul: 'stock' | 'transposing first';
  readonly step: TrainingStep;
  readonly milliseconds: number[];
}

function variant(layers: string, model: tf.Sequential, matMul: Variant['matMul']): Variant {
  const {optimizer, learningRate, weightDecay} = defaultConfig;
  const step = new TrainingStep({
    model,
    loss: parseLoss('softmax'),
    optimizer: createOptimizer(optimizer, learningRate),
    weightDecay,
  });
  return {layers, matMul, step, milliseconds: []};
}

/** The same network of tfjs's own layers. */
function stockNetwork(): tf.Sequential {
  const model = tf.sequential();
  hidden.forEach((units, block) => {
    const inputShape = block === 0 ? {inputShape: [pixelsPerImage]} : {};
    model.add(tf.layers.dense({units, useBias: false, ...inputShape}));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.activation({activation: 'relu'}));
    model.add(tf.layers.dropout({rate: dropout}));
  });
  model.add(marginDense({units: classNames.length}));
  return model;
}

function trainerNetwork(): tf.Sequential {
  return buildNetwork({hidden, dropout, bias: false, normalizeKernel: false, seed: 1}).model;
}

function randomBatch() {
  const random = new Random(1, 'benchmark');
  const pixels = new Float32Array(batchSize * pixelsPerImage).map(() => random.below(1000) / 250 - 2);
  const labels = new Int32Array(batchSize).map(() => random.below(classNames.length));
  return {pixels, labels};
}

outliveOutput();
await startBackend('wasm');
installFastMatMul()(); // startBackend has installed it; each variant says what it wants

const variants = [
  variant('tfjs', stockNetwork(), 'stock'),
  variant('tfjs', stockNetwork(), 'transposing first'),
  variant('trainer', trainerNetwork(), 'stock'),
  variant('trainer', trainerNetwork(), 'transposing first'),
];
const batch = randomBatch();
for (let round = 0; round <= rounds; round++) {
  for (const {matMul, step, milliseconds} of variants) {
    const uninstall = matMul === 'stock' ? () => {} : installFastMatMul();
    for (let repeat = 0; repeat < stepsPerRound; repeat++) {
      const start = performance.now();
      step.run(batch, defaultConfig.learningRate);
      if (round > 0) milliseconds.push(performance.now() - start); // round 0 warms up
    }
    uninstall();
  }
}

const baseline = quantile(variants[0]!.milliseconds, 0.5);
const results = variants.map(({layers, matMul, milliseconds}) => ({
  layers,
  matMul,
  medianMilliseconds: Number(quantile(milliseconds, 0.5).toFixed(2)),
  quartiles: [0.25, 0.75].map((share) => Number(quantile(milliseconds, share).toFixed(2))),
  timesFaster: Number((baseline / quantile(milliseconds, 0.5)).toFixed(2)),
}));

console.log(
  `A training step, network ${hidden.join('-')}, batch ${batchSize}, ${rounds * stepsPerRound} steps each`,
);
console.table(results.map(({quartiles, ...row}) => ({...row, quartiles: quartiles.join(' – ')})));

const record = {
  command: 'npm run bench:step',
  date: new Date().toISOString().slice(0, 10),
  network: hidden,
  batchSize,
  dropout,
  loss: 'softmax',
  optimizer: defaultConfig.optimizer,
  steps: rounds * stepsPerRound,
  required,
  processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  versions: versions(),
  results,
};
await writeFileAtomically(resultsFile, `${JSON.stringify(record, null, 2)}\n`);
const reached = results.at(-1)!.timesFaster;
console.log(
  `The trainer's step is ${reached} times faster than stock wasm; at least ${required} is asked for.`,
);
if (reached < required) process.exitCode = 1;
