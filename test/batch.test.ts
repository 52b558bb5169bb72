/** What holds for the examples of a batch and the labels they come with, whatever the loss. */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {marginLogits} from '../src/index.js';
import {type Problem, tolerances} from './reference/losses.js';
import {fromColumns, fromRows} from './reference/vectors.js';
import {contract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {fewCases} from './support/fewCases.js';
import {oneHot, samples} from './support/problems.js';
import {type LabelForm, labelForms, read, runLoss, runOnLogits, toLoss, toTensor} from './support/runLoss.js';
import {everyLoss, singleSpecs} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const eachLoss = Object.entries(everyLoss);

describe.each(eachLoss)('labels: %s', (_, spec) => {
  it('gives the same for one-hot float32, one-hot int32 and class ids, to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(samples({minClasses: 2}), async ({problem, upstream}) => {
        const expected = await runLoss(toLoss(spec), problem, upstream);
        for (const form of Object.keys(labelForms) as LabelForm[]) {
          expect(await runLoss(toLoss(spec), problem, upstream, form)).toEqual(expected);
        }
      }),
      fewCases,
    );
  });

  it('is not differentiable with respect to the labels: their gradient is 0', async () => {
    const [labels, zero] = [fromRows([0, 1], [1, 0]), fromRows([0, 0], [0, 0])];
    const features = fromRows([1, 2], [3, 4]);
    const gradient = tf.tidy(() => {
      const logits = marginLogits(toTensor(features), toTensor(fromColumns([1, 0], [0, 1])));
      return tf.grad((given) => toLoss(spec)(given, logits))(toTensor(labels));
    });
    expectClose(await read<number[][]>(gradient), zero, {absolute: 0});
  });
});

describe('permutations', () => {
  it('of the batch permute losses and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(singleSpecs, samples(), fc.infiniteStream(fc.nat()), async (spec, sample, keys) => {
        const order = shuffled(sample.problem.features.length, keys);
        const {problem, upstream} = sample;
        const permuted = {
          ...problem,
          features: pick(problem.features, order),
          labels: pick(problem.labels, order),
        };
        const expected = await runLoss(toLoss(spec), problem, upstream);
        expectEvaluation(
          await runLoss(toLoss(spec), permuted, pick(upstream, order)),
          {...expected, losses: pick(expected.losses, order), features: pick(expected.features, order)},
          tolerances(spec, permuted, pick(upstream, order), contract),
        );
      }),
    );
  });

  it('of the classes leave losses alone and permute the gradients', async () => {
    await fc.assert(
      fc.asyncProperty(singleSpecs, samples(), fc.infiniteStream(fc.nat()), async (spec, sample, keys) => {
        const {problem, upstream} = sample;
        const order = shuffled(problem.labels[0]!.length, keys);
        const inOrder = (rows: Problem['kernel']) => rows.map((row) => pick(row, order));
        const permuted = {
          ...problem,
          kernel: inOrder(problem.kernel),
          labels: inOrder(problem.labels),
          bias: pick(problem.bias!, order),
        };
        const expected = await runLoss(toLoss(spec), problem, upstream);
        expectEvaluation(
          await runLoss(toLoss(spec), permuted, upstream),
          {...expected, kernel: inOrder(expected.kernel), bias: pick(expected.bias, order)},
          tolerances(spec, permuted, upstream, contract),
        );
      }),
    );
  });

  function shuffled(length: number, keys: fc.Stream<number>): number[] {
    const drawn = [...keys.take(length)];
    return [...drawn.keys()].sort((a, b) => drawn[a]! - drawn[b]!);
  }

  function pick<T>(items: readonly T[], order: readonly number[]): T[] {
    return order.map((index) => items[index]!);
  }
});

describe.each(eachLoss)('a NaN stays with its example: %s', (_, spec) => {
  it('in the features', async () => {
    const positions = fc.record({row: fc.nat(), entry: fc.nat()});
    await fc.assert(
      fc.asyncProperty(samples({minClasses: 2}), positions, async ({problem, upstream}, {row, entry}) => {
        const sick = row % problem.features.length;
        const isHealthy = (_: unknown, example: number) => example !== sick;
        const features = problem.features.map((x, example) =>
          x.map((value, d) => (example === sick && d === entry % x.length ? Number.NaN : value)),
        );
        const expected = await runLoss(toLoss(spec), problem, upstream);
        const actual = await runLoss(toLoss(spec), {...problem, features}, upstream);
        expect(actual.losses[sick]).toBeNaN();
        expect(actual.features[sick]!.some(Number.isNaN)).toBe(true);
        expect(actual.losses.filter(isHealthy)).toEqual(expected.losses.filter(isHealthy));
        expect(actual.features.filter(isHealthy)).toEqual(expected.features.filter(isHealthy));
      }),
    );
  });
});

describe('a NaN stays with its example', () => {
  it.each([0, 1, 2])('in logit %i alone, be it of the true class or another', async (entry) => {
    for (const spec of [everyLoss.hinge, everyLoss.softmax]) {
      const logits = [[1, 2, 3], [1, 2, 3].map((value, j) => (j === entry ? Number.NaN : value)), [4, 4, 0]];
      const result = await runOnLogits(toLoss(spec), logits, oneHot([0, 1, 2], 3), [1, 1, 1]);
      expect(result.losses.map(Number.isNaN)).toEqual([false, true, false]);
      expect(result.logits.map((row) => row.some(Number.isNaN))).toEqual([false, true, false]);
    }
  });

  it('in a soft label', async () => {
    const labels = fromRows([0.5, 0.5], [Number.NaN, 0.5], [0, 1]);
    const logits = fromRows([1, 2], [1, 2], [1, 2]);
    const {losses} = await runOnLogits(toLoss(everyLoss.softmax), logits, labels, [1, 1, 1]);
    expect(losses.map(Number.isNaN)).toEqual([false, true, false]);
  });
});

describe.each(eachLoss)('memory: %s', (_, spec) => {
  it('leaves nothing behind', async () => {
    const problem = {
      features: fromRows([1, 2], [3, 4]),
      kernel: fromColumns([1, 0], [0, 1]),
      bias: [1, 2],
      labels: oneHot([0, 1], 2),
    };
    await runLoss(toLoss(spec), problem, [1, 2]);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) await runLoss(toLoss(spec), problem, [1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
