/** `lossFromConfig` and `getConfig`, given what they cannot work with. */

import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {
  combined,
  hinge,
  type Loss,
  type LossConfig,
  lossFromConfig,
  lsoftmax,
  softmax,
} from '../../src/index.js';
import {type Mistake, rejects, wrong} from './rejects.js';

const from = (config: unknown, customLosses?: unknown) =>
  lossFromConfig(wrong(config), customLosses as {[name: string]: () => Loss});

const expected =
  "lossFromConfig: expected what loss.getConfig() returns, such as {name: 'hinge', margin: 1}, got";
const known =
  'hinge, softmax, lsoftmax, asoftmax, amsoftmax, arcface, normalizedSoftmax, combinedMargin, logitAdjusted, ldam, magface, focal, ' +
  'poly, generalizedCrossEntropy, reverseCrossEntropy, normalizedCrossEntropy, combined';
const unknownLoss = (name: string, all = known) =>
  `lossFromConfig: unknown loss '${name}'; known are ${all}; ` +
  `pass {${name}: (options) => …} as the second argument for a loss of your own`;

const oneHinge = {weight: 1, loss: {name: 'hinge'}};

/** So many combinations, each the only term of the next, of a hinge. */
function nestedConfig(levels: number): LossConfig {
  let config: LossConfig = {name: 'hinge'};
  for (let level = 0; level < levels; level++)
    config = {name: 'combined', terms: [{weight: 0.5, loss: config}]};
  return config;
}

const cyclicTerms: object[] = [oneHinge];
const cyclic = {name: 'combined', terms: cyclicTerms};
cyclicTerms.push({weight: 1, loss: cyclic});
const cyclicBase: {name: string; base?: object} = {name: 'focal'};
cyclicBase.base = cyclicBase;
const tooDeep =
  'lossFromConfig: the config nests losses more than 100 deep, or contains itself; write a combination in a combination as ' +
  'one list of terms, with the weights multiplied';

describe('lossFromConfig', () => {
  rejects([
    ['nothing', () => from(undefined), TypeError, `${expected} undefined`],
    ['null', () => from(null), TypeError, `${expected} null`],
    ['a name', () => from('hinge'), TypeError, `${expected} the string 'hinge'`],
    ['an array', () => from([]), TypeError, `${expected} an array of length 0`],
    ['a loss', () => from(hinge()), TypeError, `${expected} the function hinge`],
    ['no name', () => from({margin: 1}), TypeError, `${expected} an object (Object)`],
    ['a name that is no string', () => from({name: 5}), TypeError, `${expected} an object (Object)`],
    ['an unknown loss', () => from({name: 'hing'}), TypeError, unknownLoss('hing')],
    ['a name every object has', () => from({name: 'toString'}), TypeError, unknownLoss('toString')],
    [
      'a misspelt option',
      () => from({name: 'hinge', marginn: 1}),
      TypeError,
      "hinge: unknown option 'marginn'; the options are margin, squared, form",
    ],
    [
      'an option of the wrong type',
      () => from({name: 'hinge', margin: '1'}),
      TypeError,
      "hinge: margin must be a finite number >= 0, got the string '1'",
    ],
    [
      'an option out of range',
      () => from({name: 'asoftmax', m: 0}),
      RangeError,
      'asoftmax: m must be an integer >= 1 and <= 100, got 0',
    ],
    [
      'a base that is no config',
      () => from({name: 'focal', base: 'arcface'}),
      TypeError,
      `${expected} the string 'arcface'`,
    ],
    ['an unknown base', () => from({name: 'focal', base: {name: 'arc'}}), TypeError, unknownLoss('arc')],
    [
      'a base of a loss that has none',
      () => from({name: 'hinge', base: {name: 'arcface'}}),
      TypeError,
      "hinge: unknown option 'base'; the options are margin, squared, form",
    ],
    ...(['lsoftmax', 'asoftmax'] as const).flatMap((name): Mistake[] => [
      ...(
        [
          ['fast', "the string 'fast'"],
          [null, 'null'],
          [true, 'true'],
        ] as const
      ).map(
        ([lambda, described]): Mistake => [
          `${name} with a λ of ${described}`,
          () => from({name, lambda}),
          TypeError,
          `${name}: lambda must be a number >= 0 or the options of annealedLambda(), got ${described}`,
        ],
      ),
      [
        `${name} with a misspelt option of λ`,
        () => from({name, lambda: {minimum: 5}}),
        TypeError,
        "annealedLambda: unknown option 'minimum'; the options are base, steps, gamma, power, min",
      ],
      [
        `${name} with a λ out of range`,
        () => from({name, lambda: -1}),
        RangeError,
        `${name}: lambda must be a finite number >= 0, got -1`,
      ],
    ]),
  ]);

  describe('of a combination', () => {
    const terms = "lossFromConfig: the terms of 'combined' must be a list of {weight, loss}, got";
    rejects([
      ['without terms', () => from({name: 'combined'}), TypeError, `${terms} undefined`],
      [
        'with terms that are no list',
        () => from({name: 'combined', terms: oneHinge}),
        TypeError,
        `${terms} an object (Object)`,
      ],
      [
        'with an empty list',
        () => from({name: 'combined', terms: []}),
        RangeError,
        'combined: expected a list of pairs [weight, loss] such as [[0.5, hinge()], [0.5, softmax()]], got an empty list',
      ],
      [
        'with terms misspelt',
        () => from({name: 'combined', term: [oneHinge]}),
        TypeError,
        "combined: unknown option 'term'; the options are terms",
      ],
      [
        'with a term that is nothing',
        () => from({name: 'combined', terms: [null]}),
        TypeError,
        "the terms of 'combined': the options must be an object such as {weight: …}, got null",
      ],
      [
        'with more in a term than weight and loss',
        () => from({name: 'combined', terms: [{...oneHinge, wieght: 2}]}),
        TypeError,
        "the terms of 'combined': unknown option 'wieght'; the options are weight, loss",
      ],
      [
        'with a term without loss',
        () => from({name: 'combined', terms: [{weight: 1}]}),
        TypeError,
        `${expected} undefined`,
      ],
      [
        'with a term without weight',
        () => from({name: 'combined', terms: [{loss: {name: 'hinge'}}]}),
        TypeError,
        'combined: the weight of term 0 must be a finite number >= 0, got undefined',
      ],
      [
        'with a sparse list of terms',
        // biome-ignore lint/suspicious/noSparseArray: that is the mistake.
        () => from({name: 'combined', terms: [oneHinge, , oneHinge]}),
        TypeError,
        "the terms of 'combined': the options must be an object such as {weight: …}, got undefined",
      ],
      ['nested too deep', () => from(nestedConfig(100)), RangeError, tooDeep],
      ['nested 10,000 deep', () => from(nestedConfig(10_000)), RangeError, tooDeep],
      ['that contains itself', () => from(cyclic), RangeError, tooDeep],
      ['with a base that contains itself', () => from(cyclicBase), RangeError, tooDeep],
      [
        'with an unknown loss deep inside',
        () =>
          from({
            name: 'combined',
            terms: [{weight: 1, loss: {name: 'combined', terms: [{weight: 1, loss: {name: 'x'}}]}}],
          }),
        TypeError,
        unknownLoss('x'),
      ],
    ]);
  });

  it('takes what nests 100 deep, and the same as one list, as the message says', async () => {
    const nested = from(nestedConfig(99));
    const flat = from({name: 'combined', terms: [{weight: 0.5 ** 99, loss: {name: 'hinge'}}]});
    const [label, logits] = [tf.tensor1d([0]), tf.tensor2d([[0, 2 ** 99]])];
    const ofFlat = await flat(label, logits).data();
    expect(await nested(label, logits).data()).toEqual(ofFlat);
    expect(ofFlat[0]).toBeCloseTo(1);
  });

  describe('of a loss of the user’s own', () => {
    rejects([
      [
        'that is not handed over',
        () => from({name: 'mine'}, {other: () => softmax()}),
        TypeError,
        unknownLoss('mine', `${known}, other`),
      ],
      [
        'made by no function',
        () => from({name: 'mine'}, {mine: softmax().getConfig()}),
        TypeError,
        'lossFromConfig: customLosses.mine must be a function (options) => Loss, got an object (Object)',
      ],
      [
        'made by a function that makes no loss',
        () => from({name: 'mine'}, {mine: () => 'hinge'}),
        TypeError,
        "lossFromConfig: customLosses.mine must return a Loss, got the string 'hinge'",
      ],
    ]);
  });
});

describe('getConfig', () => {
  const ownSchedule = lsoftmax({lambda: (step) => 1 / (1 + step)});
  const noJson =
    'lsoftmax: a schedule that is a function of your own cannot be written to JSON; use annealedLambda() or a number';
  rejects([
    ['of a loss with a schedule of the user’s own', () => ownSchedule.getConfig(), TypeError, noJson],
    [
      'of a combination with such a loss',
      () => combined([[1, combined([[1, ownSchedule]])]]).getConfig(),
      TypeError,
      noJson,
    ],
  ]);
});
