/** Formulas of users' own that cannot be computed. */

import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {
  type Arithmetic,
  adjusted,
  combined,
  cosine,
  direction,
  marginLogits,
  plain,
  softmax,
  type Term,
} from '../../src/index.js';
import {TermLoss} from '../support/termLoss.js';
import {errorOf, type Mistake, rejects} from './rejects.js';

function wrong<T>(value: unknown): T {
  return value as T;
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
    'an excess over a list',
    {logits: plain, numbers: {delta: [1, 2, 3]}, loss: (_, {excess}) => excess('delta')},
    "custom: the margin 'delta' of an excess must be one number, not a list",
  ],
  [
    'the lead of cosines',
    {logits: cosine(8), loss: ({add}, {crossEntropy, lead}) => add(crossEntropy, lead)},
    "custom: 'lead' is of plain logits, and this term has cosine logits; make them plain, or leave it out",
  ],
  [
    'the feature norm beside plain logits',
    {logits: plain, loss: ({add}, {crossEntropy, featureNorm}) => add(crossEntropy, featureNorm)},
    "custom: plain logits may come without features, which 'featureNorm' is of; make them directions or cosines",
  ],
  [
    'the excess of directions',
    {logits: direction, numbers: {delta: 1}, loss: (_, {excess}) => excess('delta')},
    "custom: 'excess' is of plain logits, and this term has direction logits; make them plain, or leave it out",
  ],
];

const malformed: [what: string, term: unknown, message: string][] = [
  ['nothing', undefined, 'custom: term() must return a Term such as {logits: plain}, got undefined'],
  [
    'no logits',
    {},
    'custom: the logits of a term must be plain, adjusted(…), direction or cosine(scale), got undefined',
  ],
  [
    'cosine not called',
    {logits: cosine},
    'custom: the logits of a term must be plain, adjusted(…), direction or cosine(scale), got the function cosine',
  ],
  [
    'a misspelt property',
    {logits: plain, marign: () => 1},
    "custom: a term has no 'marign'; it has logits, margin, loss and numbers",
  ],
  [
    'a loss that is no function',
    {logits: plain, loss: 1},
    'custom: the loss of a term must be a function, got 1',
  ],
  [
    'a number that is none',
    {logits: plain, numbers: {m: '1'}},
    "custom: the number 'm' of its term must be a finite number, got the string '1'",
  ],
  [
    'a list with a hole',
    {logits: plain, numbers: {m: [1, undefined]}},
    "custom: the number 'm' of its term must be a finite number, got undefined",
  ],
  [
    'a number from a function that returns none',
    {
      logits: plain,
      numbers: {m: () => undefined},
      loss: (_: unknown, __: unknown, number: never) => wrong<(name: string) => unknown>(number)('m'),
    },
    "custom: what 'm' of its numbers returns must be a finite number, got undefined",
  ],
  [
    'JavaScript arithmetic in place of operations',
    {logits: direction, margin: (_: unknown, angle: never) => wrong<{cosine: number}>(angle).cosine - 0.3},
    'custom: what margin() returns must be a result of operations or a finite number, got NaN; ' +
      'write sub(a, b) for a − b, and return the result',
  ],
  [
    'a margin without a return',
    {logits: direction, margin: () => undefined},
    'custom: what margin() returns must be a result of operations or a finite number, got undefined; ' +
      'write sub(a, b) for a − b, and return the result',
  ],
  [
    'a loss without a return',
    {logits: plain, loss: () => undefined},
    'custom: what loss() returns must be a result of operations or a finite number, got undefined; ' +
      'write sub(a, b) for a − b, and return the result',
  ],
  [
    'a constant that is not finite',
    {
      logits: plain,
      loss: ({min}: Arithmetic<never>, row: {crossEntropy: never}) => min(row.crossEntropy, Infinity),
    },
    'custom: what min() is given must be a result of operations or a finite number, got Infinity; ' +
      'write sub(a, b) for a − b, and return the result',
  ],
  [
    'offsets that are no list',
    {logits: adjusted('offsets'), numbers: {offsets: 1}},
    "custom: 'offsets', which its logits are adjusted by, must be a list among its numbers",
  ],
  [
    'the length of features of plain logits',
    {logits: plain, loss: (_: unknown, row: {featureNorm: never}) => row.featureNorm},
    "custom: plain logits may come without features, which 'featureNorm' is of; make them directions or cosines",
  ],
];

it('rejects a scale that is not > 0', () => {
  expect(errorOf(() => new TermLoss('custom', {logits: cosine(-3)})(labels, logits))).toEqual(
    new RangeError("custom: the scale of cosine(scale) must be a finite number > 0 or 'auto', got -3"),
  );
});

describe.each([...formulas, ...malformed])('%s', (_, given, message) => {
  const loss = new TermLoss('custom', wrong<Term>(given));
  const besideAnother = () => {
    const both = combined([
      [1, softmax()],
      [0.5, loss],
    ]);
    return both(labels, logits);
  };
  rejects([
    ['alone', () => loss(labels, logits), TypeError, message],
    ['beside another loss', besideAnother, TypeError, message],
  ] satisfies Mistake[]);
});

it('rejects stairs with too few values', () => {
  const loss = new TermLoss('custom', {
    logits: direction,
    margin: ({stairs}, {cosine}) => stairs(cosine, [0.5, -0.5], [1, 2]),
  });
  expect(errorOf(() => loss(labels, logits))).toEqual(
    new RangeError('stairs: there must be one more value than bounds, got 2 for 2 bounds'),
  );
});
