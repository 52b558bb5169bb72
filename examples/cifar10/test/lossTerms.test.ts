import * as tf from '@tensorflow/tfjs';
import {asoftmax, combined, hinge, type Loss, softmax} from 'tfjs-losses';
import {beforeAll, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {observeTerms} from '../lossTerms.js';

beforeAll(async () => {
  await startBackend('wasm');
});

const labels = () => tf.tensor1d([0, 2], 'int32');
const logits = () =>
  tf.tensor2d([
    [1, 2, 3],
    [0.5, 0, 1],
  ]);
const valuesOf = (loss: Loss) => [...loss(labels(), logits()).dataSync()];

test('an observed loss has the values of the loss, and its terms their means', () => {
  const nested = combined([
    [0.5, hinge()],
    [2, combined([[3, softmax()]])],
  ]);
  const {loss, terms} = observeTerms(nested);
  expect(valuesOf(loss)).toEqual(valuesOf(nested));
  expect(terms.map(({term, weight}) => [term, weight])).toEqual([
    ['hinge(Δ=1)', 0.5],
    ['softmax', 6],
  ]);
  [hinge(), softmax()].forEach((term, index) => {
    const [first, second] = valuesOf(term);
    expect(terms[index]!.latest).toBeCloseTo((first! + second!) / 2, 5);
  });
});

test('an observed loss still tells whether it trains angles only', () => {
  expect(observeTerms(asoftmax()).loss.trainsAnglesOnly).toBe(true);
  expect(observeTerms(combined([[2, asoftmax()]])).loss.trainsAnglesOnly).toBe(true);
  const mixed = combined([
    [1, asoftmax()],
    [1, softmax()],
  ]);
  expect(observeTerms(mixed).loss.trainsAnglesOnly).toBe(false);
});
