import * as tf from '@tensorflow/tfjs';
import {beforeAll, describe, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig, type TrainConfig} from '../config.js';
import {toTrialResult} from '../experiments/trialRecord.js';
import type {EpochRecord} from '../record.js';
import {type StepProgress, type TrainOptions, train} from '../trainer.js';
import {generatedCifar10} from './support.js';

const combination = '0.25*hinge + 0.65*lsoftmax(m=4) + 0.34*asoftmax(m=4)';
const data = generatedCifar10();

beforeAll(async () => {
  await startBackend('wasm');
});

async function recordOf(changes: Partial<TrainConfig>, options?: TrainOptions) {
  const config = {...defaultConfig, hidden: [16, 16], batchSize: 32, epochs: 2, ...changes};
  const {record, model} = await train(config, data, options);
  model.dispose();
  return record;
}

/** All of a record that does not depend on the clock. */
function curves(epochs: readonly EpochRecord[]) {
  return epochs.map(({seconds: _, ...rest}) => rest);
}

describe.each(['hinge', 'softmax', 'lsoftmax(m=2)', 'asoftmax(m=2)', combination])('%s', (loss) => {
  test('learns what can be learnt', async () => {
    const {epochs, final} = await recordOf({loss, epochs: 12, batchSize: 16});
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    expect(final!.trainAccuracy).toBeGreaterThan(0.9);
    expect(final!.testAccuracy).toBeGreaterThan(0.5); // chance is 0.1
  });
});

describe('the record', () => {
  test('reports every term before its weight, and their weighted sum as the loss', async () => {
    const {epochs} = await recordOf({
      loss: '0.5*(0.4*hinge + 1*softmax) + 2*lsoftmax(m=3, lambda=7) + 0*asoftmax',
    });
    const {terms, loss} = epochs[0]!;
    expect(terms.map(({term, weight, lambda}) => ({term, weight, lambda}))).toEqual([
      {term: 'hinge(Δ=1)', weight: 0.2, lambda: null},
      {term: 'softmax', weight: 0.5, lambda: null},
      {term: 'lsoftmax(m=3, λ=7)', weight: 2, lambda: 7},
    ]);
    expect(terms.reduce((sum, term) => sum + term.weight * term.loss, 0)).toBeCloseTo(loss, 3);
    for (const term of terms) expect(term.loss).toBeGreaterThan(0);
  });

  test('follows λ from step to step', async () => {
    const {epochs} = await recordOf({
      loss: 'lsoftmax(m=2, lambda=anneal(base=100, gamma=1, power=1, min=1))',
    });
    expect(epochs.map(({steps}) => steps)).toEqual([8, 8]);
    expect(epochs.map(({terms}) => terms[0]!.lambda)).toEqual([11.111, 5.8824]); // 100 / 9, 100 / 17
  });

  test('follows the learning rate', async () => {
    const {epochs} = await recordOf({schedule: 'step(every=1, factor=0.5)', learningRate: 0.01});
    expect(epochs.map(({learningRate}) => learningRate)).toEqual([0.01, 0.005]);
  });

  test('holds configuration, sizes and versions, and is JSON', async () => {
    const record = await recordOf({loss: 'asoftmax', seed: 5});
    expect(record.config).toMatchObject({loss: 'asoftmax', seed: 5, hidden: [16, 16], normalizeKernel: true});
    expect(record.images).toEqual({training: 256, validation: 100, test: 100});
    expect(record.versions).toMatchObject({backend: 'wasm', '@tensorflow/tfjs': tf.version.tfjs});
    // Two blocks of kernel, scale and shift, two moving averages each, and the head's kernel.
    expect(record.parameters).toBe(3072 * 16 + 16 * 16 + 2 * 4 * 16 + 16 * 10);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  test('accuracy is that of the whole part', async () => {
    const {epochs, final} = await recordOf({epochs: 1});
    expect(final!.validationAccuracy).toBe(epochs[0]!.validationAccuracy);
    expect(final!.testAccuracy * 100).toBeCloseTo(Math.round(final!.testAccuracy * 100), 6);
  });
});

describe('a seed', () => {
  const changes = {dropout: 0.3, loss: combination};

  test('makes a run repeatable', async () => {
    const [first, second] = [await recordOf(changes), await recordOf(changes)];
    expect(curves(second.epochs)).toEqual(curves(first.epochs));
    expect(second.final).toEqual(first.final);
  });

  test('of another number gives another run', async () => {
    const [first, second] = [await recordOf(changes), await recordOf({...changes, seed: 2})];
    expect(curves(second.epochs)).not.toEqual(curves(first.epochs));
  });
});

describe('options change the run', () => {
  test.each([
    ['optimizer', {optimizer: 'momentum'}],
    ['optimizer', {optimizer: 'sgd'}],
    ['weightDecay', {weightDecay: 1}],
    ['dropout', {dropout: 0.2}],
    ['bias', {bias: true}],
    ['normalizeKernel', {normalizeKernel: true}],
    ['schedule', {schedule: 'constant'}],
    ['hidden', {hidden: [16]}],
  ] satisfies [string, Partial<TrainConfig>][])('%s', async (_, changes) => {
    const [plain, changed] = [await recordOf({}), await recordOf(changes)];
    expect(changed.epochs.at(-1)!.loss).not.toBe(plain.epochs.at(-1)!.loss);
    expect(changed.diverged).toBe(false);
  });
});

describe('progress', () => {
  test('is told after every step and every epoch', async () => {
    const steps: StepProgress[] = [];
    const epochs: EpochRecord[] = [];
    const record = await recordOf(
      {},
      {onStep: (step) => steps.push(step), onEpoch: (epoch) => epochs.push(epoch)},
    );
    expect(steps.map(({epoch, step}) => `${epoch}.${step}`)).toEqual(
      [1, 2].flatMap((epoch) => [1, 2, 3, 4, 5, 6, 7, 8].map((step) => `${epoch}.${step}`)),
    );
    expect(steps[0]!.stepsPerEpoch).toBe(8);
    expect(epochs).toEqual(record.epochs);
  });
});

describe('interrupting', () => {
  test('stops after the current step and evaluates what there is', async () => {
    const interrupt = new AbortController();
    const record = await recordOf(
      {epochs: 3},
      {
        signal: interrupt.signal,
        onStep: ({epoch, step}) => epoch === 2 && step === 3 && interrupt.abort(),
      },
    );
    expect(record.epochs.map(({steps}) => steps)).toEqual([8, 3]);
    expect(record).toMatchObject({interrupted: true, diverged: false});
    expect(record.final!.testAccuracy).toBeGreaterThan(0);
  });

  test('before the first step leaves no epoch', async () => {
    const record = await recordOf({}, {signal: AbortSignal.abort()});
    expect(record).toMatchObject({interrupted: true, epochs: []});
  });
});

test('a run that diverges stops, and says so', async () => {
  const record = await recordOf({optimizer: 'sgd', learningRate: 1e38, loss: 'hinge'});
  expect(record).toMatchObject({diverged: true, interrupted: false, final: null});
  for (const {loss} of record.epochs) expect(Number.isFinite(loss)).toBe(true);
});

test.each([true, false])(
  'a network that the last step has made NaN has diverged, and no accuracy: of all images %s',
  async (finalAccuracy) => {
    // One step, whose loss is still a number.
    const changes = {optimizer: 'sgd', learningRate: 1e38, loss: 'hinge', epochs: 1, batchSize: 256} as const;
    const record = await recordOf(changes, {finalAccuracy});
    expect(record).toMatchObject({diverged: true, final: null});
    expect(record.epochs).toMatchObject([{steps: 1, validationAccuracy: null}]);
    expect(toTrialResult(record)).toMatchObject({outcome: 'diverged', curves: {validationAccuracy: []}});
  },
);

test.each(['adam', 'momentum', 'sgd'] as const)(
  '%s: steps and runs leave no tensors behind',
  async (optimizer) => {
    const changes = {optimizer, dropout: 0.1, weightDecay: 0.1, loss: combination};
    await recordOf(changes);
    const before = tf.memory().numTensors;
    const perStep: number[] = [];
    await recordOf(changes, {onStep: () => perStep.push(tf.memory().numTensors)});
    expect(new Set(perStep.slice(1)).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('a loss that cannot be read is refused before anything is built', async () => {
  const before = tf.memory().numTensors;
  await expect(recordOf({loss: 'softmx'})).rejects.toThrow(/did you mean "softmax"/);
  expect(tf.memory().numTensors).toBe(before);
});
