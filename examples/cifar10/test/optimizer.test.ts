import * as tf from '@tensorflow/tfjs';
import {hinge} from 'tfjs-losses';
import {beforeAll, describe, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {pixelsPerImage} from '../data/cifar10.js';
import {buildNetwork} from '../network.js';
import {createOptimizer, decayWeights, type OptimizerName, optimizerNames} from '../optimizer.js';
import {TrainingStep} from '../trainingStep.js';

beforeAll(async () => {
  await startBackend('wasm');
});

const start = [1, -2];
const steps = [
  {learningRate: 0.1, gradient: [2, -1]},
  {learningRate: 0.5, gradient: [-1, -3]},
];

/** Two steps by hand, from `start`. */
const byHand: Record<OptimizerName, number[][]> = {
  // x − rate · g
  sgd: [
    [0.8, -1.9],
    [1.3, -0.4],
  ],
  // a ← 0.9 · a + g, x − rate · (g + 0.9 · a): a is 2 and −1, then 0.8 and −3.9
  momentum: [
    [1 - 0.1 * 3.8, -2 + 0.1 * 1.9],
    [0.62 + 0.5 * 0.28, -1.81 + 0.5 * 6.51],
  ],
  // m ← 0.9 · m + 0.1 · g, v ← 0.999 · v + 0.001 · g², x − rate · (m / (1 − 0.9ᵗ)) / √(v / (1 − 0.999ᵗ)):
  // m is 0.2 and −0.1, then 0.08 and −0.39; v is 0.004 and 0.001, then 0.004996 and 0.009999
  adam: [
    [0.9, -1.9],
    [
      0.9 - (0.5 * (0.08 / 0.19)) / Math.sqrt(0.004996 / 0.001999),
      -1.9 + (0.5 * (0.39 / 0.19)) / Math.sqrt(0.009999 / 0.001999),
    ],
  ],
};

describe.each(optimizerNames)('%s', (name) => {
  test('takes its steps at the learning rates that the schedule sets', () => {
    const optimizer = createOptimizer(name, 7); // never in force
    const variable = tf.variable(tf.tensor1d(start));
    steps.forEach(({learningRate, gradient}, step) => {
      optimizer.setLearningRate(learningRate);
      tf.tidy(() => optimizer.applyGradients({[variable.name]: tf.tensor1d(gradient)}));
      const values = variable.dataSync();
      byHand[name][step]!.forEach((expected, index) => {
        expect(values[index]).toBeCloseTo(expected, 4);
      });
    });
    optimizer.dispose();
    variable.dispose();
  });

  test('starts at the learning rate it is given', () => {
    const optimizer = createOptimizer(name, 0.1);
    const variable = tf.variable(tf.tensor1d(start));
    tf.tidy(() => optimizer.applyGradients({[variable.name]: tf.tensor1d(steps[0]!.gradient)}));
    expect(variable.dataSync()[0]).toBeCloseTo(byHand[name][0]![0]!, 4);
    optimizer.dispose();
    variable.dispose();
  });
});

describe('weight decay', () => {
  test('takes the share off every number of a matrix', () => {
    const kernel = tf.variable(tf.tensor2d([4, -8, 0, 2], [2, 2]));
    decayWeights([kernel], 0.25);
    expect([...kernel.dataSync()]).toEqual([3, -6, 0, 1.5]);
    kernel.dispose();
  });

  test('is learning rate × weight decay, of the matrices and nothing else', () => {
    const {model} = buildNetwork({
      hidden: [4, 3],
      dropout: 0,
      bias: true,
      normalizeKernel: false,
      seed: 1,
    });
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    for (const weight of weights) weight.assign(tf.fill(weight.shape, 2));
    // Outputs equal for all classes and no margin: the hinge loss is 0, so that all that acts is the decay.
    const step = new TrainingStep({
      model,
      loss: hinge({margin: 0}),
      optimizer: createOptimizer('sgd', 1),
      weightDecay: 0.5,
    });
    const batch = {pixels: new Float32Array(2 * pixelsPerImage).fill(1), labels: Int32Array.of(0, 1)};
    step.run(batch, 0.5);
    const after = weights.map((weight) => ({rank: weight.rank, values: [...new Set(weight.dataSync())]}));
    // Two blocks of kernel, scale and shift; kernel and bias of the head.
    expect(after.map(({rank}) => rank)).toEqual([2, 1, 1, 2, 1, 1, 2, 1]);
    for (const {rank, values} of after) expect(values).toEqual([rank === 2 ? 1.5 : 2]);
    model.dispose();
  });
});
