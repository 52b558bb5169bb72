/** Which batches count as steps of a schedule of λ. */

import * as tf from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  annealedLambda,
  asoftmax,
  combined,
  FormulaLoss,
  type Loss,
  lsoftmax,
  marginDense,
  plain,
  softmax,
  type Term,
} from '../../src/index.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const xs = tf.randomUniform([12, 4], -1, 1, 'float32', 1);
const ys = tf.cast(tf.oneHot([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], 3), 'float32');

function makeModel() {
  const head = marginDense({units: 3});
  const body = [layers.dense({units: 8, activation: 'relu', inputShape: [4]}), layers.dropout({rate: 0.5})];
  return {head, model: sequential({layers: [...body, head]})};
}

/** Trains for two epochs of three batches, and gives the number of steps. */
async function stepsOf(loss: Loss, metrics: Loss[] = []): Promise<number> {
  const {head, model} = makeModel();
  model.compile({optimizer: 'sgd', loss, metrics});
  await model.fit(xs, ys, {
    batchSize: 4,
    epochs: 2,
    validationSplit: 0,
    validationData: [xs, ys],
    verbose: 0,
  });
  await model.evaluate(xs, ys);
  return head.step;
}

/** A loss with a schedule of its own. */
class WarmUp extends FormulaLoss<object> {
  constructor() {
    super('warmUp', {}, {});
  }

  protected term(): Term {
    return {
      logits: plain,
      numbers: {weight: ({step}) => Math.min(1, step / 10)},
      loss: ({mul}, {crossEntropy}, number) => mul(crossEntropy, number('weight')),
    };
  }
}

describe('a batch in training counts as a step', () => {
  it.each([
    ['of a loss with a schedule', lsoftmax(), [], 6],
    ['once, however many terms have one', combined([[1, lsoftmax()], [1, asoftmax()]]), [], 6], // biome-ignore format: one case a line
    ['once, if metrics have one too', lsoftmax(), [asoftmax(), lsoftmax({m: 2})], 6],
    ["if the loss is a user's own", new WarmUp(), [], 6],
    ['not if λ is a number', lsoftmax({lambda: 1}), [], 0],
    ['not if there is no λ', softmax(), [], 0],
  ] as const)('%s', async (_, loss, metrics, steps) => {
    expect(await stepsOf(loss, [...metrics])).toBe(steps);
  });
});

it('counts no step of predictions in training mode, as Monte-Carlo dropout makes them', () => {
  const {head, model} = makeModel();
  model.apply(xs, {training: true});
  expect(head.step).toBe(0);
});

it('counts one step of a layer that is called twice for one update', () => {
  const {head, model} = makeModel();
  const loss = lsoftmax();
  const halves = [model.apply(xs, {training: true}), model.apply(xs, {training: true})] as tf.Tensor[];
  for (const logits of halves) loss(ys, logits);
  expect(head.step).toBe(1);
});

it('begins the schedule where softmax ends', async () => {
  const {head, model} = makeModel();
  const seen: number[] = [];
  const schedule = annealedLambda({min: 1, steps: 6});
  const lambda = (step: number) => {
    seen.push(step);
    return schedule(step);
  };
  for (const loss of [softmax(), lsoftmax({m: 4, lambda})]) {
    model.compile({optimizer: 'sgd', loss});
    await model.fit(xs, ys, {batchSize: 4, epochs: 2, verbose: 0});
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(head.step).toBe(6);
});
