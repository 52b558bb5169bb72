/** Formulas of users' own that cannot be computed. */

import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {
  combined,
  cosine,
  direction,
  FormulaLoss,
  marginLogits,
  plain,
  softmax,
  type Term,
} from '../../src/index.js';
import {errorOf, type Mistake, rejects} from './rejects.js';

class Custom extends FormulaLoss<object> {
  readonly #term: Term;

  constructor(term: Term) {
    super('custom', {}, {});
    this.#term = term;
  }

  protected term(): Term {
    return this.#term;
  }
}

const features = tf.tensor2d([[1, 2]]);
const kernel = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
const logits = marginLogits(features, kernel);
const labels = tf.tensor1d([1], 'int32');

const formulas: [what: string, term: Term, message: string][] = [
  [
    'a number that the term has not',
    {
      logits: plain,
      numbers: {scale: 1},
      loss: ({mul}, {crossEntropy}, number) => mul(crossEntropy, number('gamma')),
    },
    "custom: the formula reads the number 'gamma', which is not among the numbers of its term: scale; add it to them",
  ],
  [
    'a number where the term has none',
    {logits: plain, margin: ({sub}, {cosine}, number) => sub(cosine, number('m'))},
    "custom: the formula reads the number 'm', which is not among the numbers of its term: none; add it to them",
  ],
  [
    'the lead of cosines',
    {logits: cosine(8), loss: ({add}, {crossEntropy, lead}) => add(crossEntropy, lead)},
    "custom: 'lead' is a sum over plain logits, and this term has cosine logits; make them plain, or leave it out",
  ],
  [
    'the excess of directions',
    {logits: direction, numbers: {delta: 1}, loss: (_, {excess}) => excess('delta')},
    "custom: 'excess' is a sum over plain logits, and this term has direction logits; make them plain, or leave it out",
  ],
];

describe.each(formulas)('%s', (_, term, message) => {
  const loss = new Custom(term);
  const both = combined([
    [1, softmax()],
    [0.5, loss],
  ]);
  rejects([
    ['alone', () => loss(labels, logits), TypeError, message],
    ['beside another loss', () => both(labels, logits), TypeError, message],
  ] satisfies Mistake[]);
});

it('rejects stairs with too few values', () => {
  const loss = new Custom({
    logits: direction,
    margin: ({stairs}, {cosine}) => stairs(cosine, [0.5, -0.5], [1, 2]),
  });
  expect(errorOf(() => loss(labels, logits))).toEqual(
    new RangeError('stairs: there must be one more value than bounds, got 2 for 2 bounds'),
  );
});
