/** Every constructor, given every option out of range, of the wrong type and misspelt. */

import * as tf from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {
  amsoftmax,
  annealedLambda,
  arcface,
  asoftmax,
  combined,
  combinedMargin,
  focal,
  generalizedCrossEntropy,
  HingeLoss,
  hinge,
  Loss,
  type LossInputs,
  ldam,
  logitAdjusted,
  lossFromConfig,
  lsoftmax,
  type MarginDense,
  type MarginDenseOptions,
  magface,
  marginDense,
  marginLogits,
  NormalizedCrossEntropyLoss,
  normalizedSoftmax,
  poly,
  psi,
  reverseCrossEntropy,
  softmax,
} from '../../src/index.js';
import {errorOf, type Mistake, rejects, wrong} from './rejects.js';

/** Values that are no numbers, as messages describe them. */
const notNumbers: readonly (readonly [value: unknown, described: string])[] = [
  ['1', "the string '1'"],
  [null, 'null'],
  [true, 'true'],
  [[1], 'an array of length 1'],
  [{}, 'an object (Object)'],
  [1n, 'the bigint 1'],
  [Math.sqrt, 'the function sqrt'],
  [Symbol('one'), 'Symbol(one)'],
];

/** The mistakes one can make with an option that is a number. */
function numberMistakes(
  make: (value: never) => unknown,
  what: string,
  expected: string,
  outOfRange: readonly number[],
): Mistake[] {
  return [
    ...[...outOfRange, Number.NaN, Number.POSITIVE_INFINITY].map(
      (value): Mistake => [
        `${what}: ${value}`,
        () => make(wrong(value)),
        RangeError,
        `${what} must be ${expected}, got ${value}`,
      ],
    ),
    ...notNumbers.map(
      ([value, described]): Mistake => [
        `${what}: ${described}`,
        () => make(wrong(value)),
        TypeError,
        `${what} must be ${expected}, got ${described}`,
      ],
    ),
  ];
}

/** The mistakes one can make with the options object itself. */
function objectMistakes(make: (options: never) => unknown, owner: string, first: string): Mistake[] {
  const cases: [unknown, string][] = [
    [null, 'null'],
    [3, '3'],
    ['m=4', "the string 'm=4'"],
    [[4], 'an array of length 1'],
    [new Map(), 'an object (Map)'],
    [() => 4, 'a function'],
  ];
  return cases.map(([value, described]) => [
    `${owner}(${described})`,
    () => make(wrong(value)),
    TypeError,
    `${owner}: the options must be an object such as {${first}: …}, got ${described}`,
  ]);
}

function unknownOption(
  make: (options: never) => unknown,
  owner: string,
  name: string,
  known: string,
): Mistake {
  return [
    `${owner}({${name}})`,
    () => make(wrong({[name]: 1})),
    TypeError,
    `${owner}: unknown option '${name}'; the options are ${known}`,
  ];
}

const labels = tf.tensor2d([[1, 0]]);
const oneId = tf.tensor1d([0], 'int32');
const threeLogits = marginLogits(tf.tensor2d([[1, 2]]), tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]));

describe('hinge', () => {
  rejects([
    ...objectMistakes(hinge, 'hinge', 'margin'),
    unknownOption(hinge, 'hinge', 'delta', 'margin, squared, form'),
    ...numberMistakes((margin) => hinge({margin}), 'hinge: margin', 'a finite number >= 0', [-1, -1e-9]),
    [
      'hinge({squared: 1})',
      () => hinge({squared: wrong(1)}),
      TypeError,
      'hinge: squared must be true or false, got 1',
    ],
    [
      "hinge({form: 'crammer'})",
      () => hinge({form: wrong('crammer')}),
      TypeError,
      "hinge: form must be 'sum' or 'max', got the string 'crammer'",
    ],
  ]);

  it('takes any margin >= 0, and undefined for the default', () => {
    for (const margin of [0, 1e-9, 1e9]) expect(hinge({margin}).margin).toBe(margin);
    expect(hinge(wrong({margin: undefined})).margin).toBe(1);
    expect(new HingeLoss().margin).toBe(1);
  });
});

describe('softmax', () => {
  rejects([
    ...objectMistakes(softmax, 'softmax', 'labelSmoothing'),
    unknownOption(softmax, 'softmax', 'smoothing', 'labelSmoothing'),
    ...numberMistakes(
      (labelSmoothing) => softmax({labelSmoothing}),
      'softmax: labelSmoothing',
      'a finite number >= 0 and < 1',
      [-0.1, 1, 2],
    ),
  ]);
});

/** The mistakes one can make with the scale of a loss of cosines. */
function scaleMistakes(make: (options: {scale?: number}) => unknown, name: string): Mistake[] {
  const expected = "a finite number > 0 or 'auto'";
  const misspelt: Mistake = [
    `${name}: 'Auto'`,
    () => make({scale: wrong('Auto')}),
    TypeError,
    `${name}: scale must be ${expected}, got the string 'Auto'`,
  ];
  return [...numberMistakes((scale) => make({scale}), `${name}: scale`, expected, [0, -1]), misspelt];
}

describe('amsoftmax', () => {
  rejects([
    ...objectMistakes(amsoftmax, 'amsoftmax', 'margin'),
    unknownOption(amsoftmax, 'amsoftmax', 'm', 'margin, scale'),
    ...numberMistakes((margin) => amsoftmax({margin}), 'amsoftmax: margin', 'a finite number', []),
    ...scaleMistakes(amsoftmax, 'amsoftmax'),
  ]);
});

describe('arcface', () => {
  rejects([
    ...objectMistakes(arcface, 'arcface', 'margin'),
    unknownOption(arcface, 'arcface', 's', 'margin, scale'),
    ...numberMistakes(
      (margin) => arcface({margin}),
      'arcface: margin',
      `a finite number >= 0 and < ${Math.PI}`,
      [-0.1, Math.PI, 28.6],
    ),
    ...scaleMistakes(arcface, 'arcface'),
  ]);
});

describe('normalizedSoftmax', () => {
  rejects([
    ...objectMistakes(normalizedSoftmax, 'normalizedSoftmax', 'scale'),
    unknownOption(normalizedSoftmax, 'normalizedSoftmax', 'margin', 'scale'),
    ...scaleMistakes(normalizedSoftmax, 'normalizedSoftmax'),
  ]);
});

describe('combinedMargin', () => {
  rejects([
    ...objectMistakes(combinedMargin, 'combinedMargin', 'm1'),
    unknownOption(combinedMargin, 'combinedMargin', 'm', 'm1, m2, m3, scale'),
    ...numberMistakes(
      (m1) => combinedMargin({m1}),
      'combinedMargin: m1',
      'a finite number >= 1 and <= 100',
      [0, 0.99, 101],
    ),
    ...numberMistakes(
      (m2) => combinedMargin({m2}),
      'combinedMargin: m2',
      `a finite number >= 0 and < ${Math.PI}`,
      [-0.1, Math.PI],
    ),
    ...numberMistakes((m3) => combinedMargin({m3}), 'combinedMargin: m3', 'a finite number', []),
    ...scaleMistakes(combinedMargin, 'combinedMargin'),
  ]);
});

/** The mistakes one can make with the base of a loss. */
function baseMistakes(make: (options: {base: Loss}) => unknown, name: string): Mistake[] {
  const noLoss = (base: unknown, described: string): Mistake => [
    `${name} on ${described}`,
    () => make({base: wrong(base)}),
    TypeError,
    `${name}: base must be a loss such as arcface(), got ${described}`,
  ];
  const others = {
    combined: combined([
      [1, softmax()],
      [1, arcface()],
    ]),
    'a weighted loss': combined([[2, softmax()]]),
    hinge: hinge(),
    'softmax with smoothing': softmax({labelSmoothing: 0.1}),
    focal: focal(),
    magface: magface(),
    'a loss in ops': new (class extends Loss {
      compute(inputs: LossInputs): tf.Tensor1D {
        return inputs.atTrueClass(inputs.logits);
      }
      getConfig() {
        return {name: this.name};
      }
    })('own'),
  };
  return [
    ...notNumbers.map(([value, described]) => noLoss(value, described)),
    noLoss(arcface, 'the function arcface'),
    ...Object.entries(others).map(
      ([what, base]): Mistake => [
        `${name} on ${what}`,
        () => make({base}),
        TypeError,
        `${name}: base must be the cross-entropy of one class, such as softmax() without labelSmoothing, lsoftmax() or ` +
          `arcface(), got ${base}; for the sum of two losses use combined([[1, first], [1, second]])`,
      ],
    ),
  ];
}

describe('focal', () => {
  rejects([
    ...objectMistakes(focal, 'focal', 'gamma'),
    unknownOption(focal, 'focal', 'alpha', 'gamma, base'),
    ...numberMistakes((gamma) => focal({gamma}), 'focal: gamma', 'a finite number >= 0', [-1, -1e-9]),
    ...baseMistakes(focal, 'focal'),
  ]);

  it.each([softmax(), lsoftmax(), asoftmax({m: 2}), amsoftmax(), normalizedSoftmax(), combinedMargin()])(
    'takes %s as a base, alone in a combination too',
    (base) => {
      expect(focal({base}).options.base).toBe(base);
      expect(String(focal({base: combined([[1, base]])}))).toBe(`focal(γ=2, base=1·${base})`);
    },
  );
});

describe('poly', () => {
  rejects([
    ...objectMistakes(poly, 'poly', 'epsilon'),
    unknownOption(poly, 'poly', 'eps', 'epsilon, base'),
    ...numberMistakes((epsilon) => poly({epsilon}), 'poly: epsilon', 'a finite number >= -1', [-1.01]),
    ...baseMistakes(poly, 'poly'),
  ]);
});

describe('generalizedCrossEntropy', () => {
  const name = 'generalizedCrossEntropy';
  rejects([
    ...objectMistakes(generalizedCrossEntropy, name, 'q'),
    unknownOption(generalizedCrossEntropy, name, 'p', 'q, base'),
    ...numberMistakes(
      (q) => generalizedCrossEntropy({q}),
      `${name}: q`,
      'a finite number >= 0 and <= 1',
      [-0.1, 1.01],
    ),
    ...baseMistakes(generalizedCrossEntropy, name),
  ]);
});

describe('reverseCrossEntropy', () => {
  const name = 'reverseCrossEntropy';
  rejects([
    ...objectMistakes(reverseCrossEntropy, name, 'floor'),
    unknownOption(reverseCrossEntropy, name, 'A', 'floor, base'),
    ...numberMistakes(
      (floor) => reverseCrossEntropy({floor}),
      `${name}: floor`,
      'a finite number > 0 and < 1',
      [0, 1, -4],
    ),
    ...baseMistakes(reverseCrossEntropy, name),
  ]);
});

describe('normalizedCrossEntropy', () => {
  const name = 'normalizedCrossEntropy';
  rejects([
    [
      'a base',
      () => lossFromConfig({name, base: {name: 'softmax'}}),
      TypeError,
      `${name}: unknown option 'base'; there are none`,
    ],
    [
      'options that are none',
      () => new NormalizedCrossEntropyLoss(wrong(3)),
      TypeError,
      `${name}: the options must be left out, got 3`,
    ],
  ]);
});

describe('magface', () => {
  const known = 'minNorm, maxNorm, minMargin, maxMargin, regularizer, scale';
  rejects([
    ...objectMistakes(magface, 'magface', 'minNorm'),
    unknownOption(magface, 'magface', 'margin', known),
    ...numberMistakes((minNorm) => magface({minNorm}), 'magface: minNorm', 'a finite number > 0', [0, -1]),
    ...numberMistakes((maxNorm) => magface({maxNorm}), 'magface: maxNorm', 'a finite number > 0', [0, -1]),
    ...(['minMargin', 'maxMargin'] as const).flatMap((name) =>
      numberMistakes(
        (value) => magface({[name]: value}),
        `magface: ${name}`,
        `a finite number >= 0 and < ${Math.PI}`,
        [-0.1, Math.PI],
      ),
    ),
    ...numberMistakes(
      (regularizer) => magface({regularizer}),
      'magface: regularizer',
      "a finite number >= 0 or 'auto'",
      [-1],
    ),
    ...scaleMistakes(magface, 'magface'),
    [
      'norms in the wrong order',
      () => magface({maxNorm: 10}),
      RangeError,
      'magface: minNorm must be < maxNorm, got 10 and 10; give both',
    ],
    [
      'margins in the wrong order',
      () => magface({minMargin: 1}),
      RangeError,
      'magface: minMargin must be <= maxMargin, got 1 and 0.8; give both',
    ],
  ]);
});

describe.each(Object.entries({lsoftmax, asoftmax}))('%s', (name, make) => {
  rejects([
    ...objectMistakes(make, name, 'm'),
    unknownOption(make, name, 'margin', 'm, lambda'),
    ...numberMistakes((m) => make({m}), `${name}: m`, 'an integer >= 1 and <= 100', [0, -1, 2.5, 101, 1e9]),
    ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map(
      (lambda): Mistake => [
        `λ of ${lambda}`,
        () => make({lambda}),
        RangeError,
        `${name}: lambda must be a finite number >= 0, got ${lambda}`,
      ],
    ),
    ...notNumbers
      .filter(([value]) => typeof value !== 'function')
      .map(
        ([lambda, described]): Mistake => [
          `λ of ${described}`,
          () => make({lambda: wrong(lambda)}),
          TypeError,
          `${name}: lambda must be a number >= 0 or a schedule such as annealedLambda(), got ${described}`,
        ],
      ),
  ]);
});

describe('a loss called before it is made', () => {
  const remedy = (name: string) =>
    `; ${name}(options) makes a loss, which is then called with (labels, output): use ${name}()`;
  rejects(
    Object.entries({hinge: 'margin', softmax: 'labelSmoothing', lsoftmax: 'm', arcface: 'margin'}).map(
      ([name, option]): Mistake => [
        name,
        () => ({hinge, softmax, lsoftmax, arcface})[name as 'hinge'](wrong(labels)),
        TypeError,
        `${name}: the options must be an object such as {${option}: …}, got an object (Tensor)${remedy(name)}`,
      ],
    ),
  );
});

describe('annealedLambda', () => {
  const options = 'base, steps, gamma, power, min';
  rejects([
    ...objectMistakes(annealedLambda, 'annealedLambda', 'base'),
    unknownOption(annealedLambda, 'annealedLambda', 'minimum', options),
    ...['base', 'gamma', 'power', 'min'].flatMap((name) =>
      numberMistakes(
        (value) => annealedLambda({[name]: value}),
        `annealedLambda: ${name}`,
        'a finite number >= 0',
        [-1],
      ),
    ),
    ...numberMistakes(
      (steps) => annealedLambda({steps}),
      'annealedLambda: steps',
      'an integer >= 1',
      [0, 1.5],
    ),
    ...(['gamma', 'power'] as const).map(
      (name): Mistake => [
        `steps beside ${name}`,
        () => annealedLambda({steps: 100, [name]: 1}),
        TypeError,
        `annealedLambda: steps and ${name} both say how fast λ falls; leave one of them out`,
      ],
    ),
    [
      'a minimum of 0 beside steps',
      () => annealedLambda({steps: 100, min: 0}),
      RangeError,
      'annealedLambda: with steps, min must be > 0, since λ only approaches 0; give a small one such as 1',
    ],
    [
      'min left to its default above base',
      () => annealedLambda({base: 5}),
      RangeError,
      'annealedLambda: min must be <= base, got min 50 (the default) and base 5; give both',
    ],
    [
      'min above base',
      () => annealedLambda({base: 1, min: 2}),
      RangeError,
      'annealedLambda: min must be <= base, got min 2 and base 1; give both',
    ],
    ...numberMistakes((step) => annealedLambda()(step), 'annealedLambda: step', 'a finite number >= 0', [-1]),
  ]);
});

describe.each(Object.entries({logitAdjusted, ldam}))('%s', (name, make) => {
  const expected = `${name}: counts must be a list with the number of training examples of each class, such as [900, 90, 10], got`;
  rejects([
    ['no options', () => make(wrong({})), TypeError, `${expected} an array of length 0`],
    [
      'a typed array',
      () => make({counts: wrong(Int32Array.of(3))}),
      TypeError,
      `${expected} an object (Int32Array); make it one with Array.from()`,
    ],
    [
      'a class without examples',
      () => make({counts: [3, 0]}),
      RangeError,
      `${name}: counts[1] must be a finite number > 0, got 0`,
    ],
    [
      'a sparse list',
      // biome-ignore lint/suspicious/noSparseArray: that is the mistake.
      () => make({counts: wrong([3, , 2])}),
      TypeError,
      `${name}: counts[1] must be a finite number > 0, got undefined`,
    ],
    [
      'logits of other classes',
      () => make({counts: [3, 2]})(oneId, threeLogits),
      RangeError,
      `${name}: it has numbers for 2 classes, and the logits [1,3] have 3; give one for every class`,
    ],
  ]);
});

describe('combined', () => {
  const expected =
    'combined: expected a list of pairs [weight, loss] such as [[0.5, hinge()], [0.5, softmax()]]';
  const notALoss = (described: string) =>
    `combined: the loss of term 1 must be a Loss such as softmax(), got ${described}; ` +
    'extend Loss to make a term of your own';
  const loss = hinge();
  const withSecond = (term: unknown) => combined([[1, loss], wrong(term)]);

  rejects([
    ['nothing', () => combined(wrong(undefined)), TypeError, `${expected}, got undefined`],
    ['an object', () => combined(wrong({hinge: 1})), TypeError, `${expected}, got an object (Object)`],
    ['a loss', () => combined(wrong(loss)), TypeError, `${expected}, got the function hinge`],
    ['an empty list', () => combined([]), RangeError, `${expected}, got an empty list`],
    ['a pair', () => combined(wrong([1, loss])), TypeError, `${expected}; term 0 is 1`],
    [
      'a list of losses',
      () => combined(wrong([loss])),
      TypeError,
      `${expected}; term 0 is the function hinge`,
    ],
    [
      'a sparse list',
      // biome-ignore lint/suspicious/noSparseArray: that is the mistake.
      () => combined(wrong([[1, loss], , [1, loss]])),
      TypeError,
      `${expected}; term 1 is undefined`,
    ],
    ['a list of holes', () => combined(wrong(new Array(2))), TypeError, `${expected}; term 0 is undefined`],
    ['half a pair', () => withSecond([1]), TypeError, `${expected}; term 1 is an array of length 1`],
    [
      'more than a pair',
      () => withSecond([1, loss, 2]),
      TypeError,
      `${expected}; term 1 is an array of length 3`,
    ],
    ...numberMistakes(
      (weight) => withSecond([weight, loss]),
      'combined: the weight of term 1',
      'a finite number >= 0',
      [-1],
    ),
    [
      'a pair the wrong way round',
      () => withSecond([loss, 1]),
      TypeError,
      'combined: the weight of term 1 must be a finite number >= 0, got the function hinge',
    ],
    ['a loss not yet made', () => withSecond([1, softmax]), TypeError, notALoss('the function softmax')],
    ['a class', () => withSecond([1, HingeLoss]), TypeError, notALoss('the function HingeLoss')],
    ['the name of a loss', () => withSecond([1, 'hinge']), TypeError, notALoss("the string 'hinge'")],
    ['a function that is no loss', () => withSecond([1, () => 1]), TypeError, notALoss('a function')],
    ['no loss', () => withSecond([1, null]), TypeError, notALoss('null')],
    [
      'nothing but weights of 0',
      () => combined([[0, loss]]),
      RangeError,
      'combined: at least one weight must be above 0, got only 0',
    ],
    [
      'a weight beyond float32',
      () => withSecond([1e39, loss]),
      RangeError,
      'combined: the weight of term 1 is 1e+39, which exceeds the largest float32, 3.4e38; use smaller weights',
    ],
    [
      'nested weights whose product is beyond float32',
      () => withSecond([1e20, combined([[1, combined([[1e30, loss]])]])]),
      RangeError,
      'combined: the weight of term 1 is 100000000000000000000 and multiplies the weight 1e+30 of a nested term, ' +
        'which exceeds the largest float32, 3.4e38; use smaller weights',
    ],
  ]);

  it('takes weights whose product is within float32, and nested ones under a weight of 0', async () => {
    const logits = tf.tensor2d([[0, -0.5]]);
    const nested = combined([[1e15, combined([[1e20, loss]])]]);
    expect((await nested(oneId, logits).array()) as number[]).toEqual([Math.fround(0.5e35)]);
    const without = combined([
      [0, combined([[1e38, loss]])],
      [1, loss],
    ]);
    expect(await without(oneId, logits).array()).toEqual([0.5]);
  });
});

describe('Loss', () => {
  class Named extends Loss {
    compute(inputs: LossInputs): tf.Tensor1D {
      return inputs.atTrueClass(inputs.logits);
    }
    getConfig() {
      return {name: this.name};
    }
  }
  const cases: [unknown, string][] = [
    [undefined, 'undefined'],
    ['', "the string ''"],
    [5, '5'],
  ];
  rejects(
    cases.map(([name, described]) => [
      `the name ${described}`,
      () => new Named(wrong(name)),
      TypeError,
      `Loss: the name must be a string such as 'focal', got ${described}; pass it to super()`,
    ]),
  );
});

describe('psi', () => {
  const angle = 'psi: theta must be an angle in [0, π] radians, got';
  rejects([
    ...numberMistakes((m) => psi(1, m), 'psi: m', 'an integer >= 1', [0, -2, 1.5]),
    ...[-1e-9, 3.15, Number.NaN, Number.POSITIVE_INFINITY].map(
      (theta): Mistake => [`an angle of ${theta}`, () => psi(theta, 2), RangeError, `${angle} ${theta}`],
    ),
    ...notNumbers.map(
      ([theta, described]): Mistake => [
        `an angle of ${described}`,
        () => psi(wrong(theta), 2),
        TypeError,
        `${angle} ${described}`,
      ],
    ),
  ]);
});

describe('marginDense', () => {
  const make = (options: object) => marginDense({units: 3, ...options} as MarginDenseOptions);
  const known =
    'units, useBias, normalizeKernel, step, kernelInitializer, kernelRegularizer, kernelConstraint, ' +
    'biasInitializer, biasRegularizer, biasConstraint, inputShape, inputDim, batchInputShape, batchSize, dtype, ' +
    'inputDType, name, trainable, weights';
  const notBooleans = (name: string): Mistake[] =>
    [
      ['yes', "the string 'yes'"],
      [1, '1'],
      [null, 'null'],
    ].map(([value, described]) => [
      `${name}: ${described}`,
      () => make({[name!]: value}),
      TypeError,
      `marginDense: ${name} must be true or false, got ${described}`,
    ]);

  rejects([
    ...objectMistakes(marginDense, 'marginDense', 'units'),
    [
      'no options',
      () => marginDense(wrong(undefined)),
      TypeError,
      'marginDense: the options must be an object such as {units: …}, got undefined',
    ],
    [
      'no units',
      () => marginDense(wrong({})),
      TypeError,
      'marginDense: units must be an integer >= 1, got undefined',
    ],
    unknownOption(marginDense, 'marginDense', 'unit', known),
    unknownOption(marginDense, 'marginDense', 'activityRegularizer', known),
    [
      'an activation',
      () => make({activation: 'softmax'}),
      TypeError,
      "marginDense: it has no activation, since the losses work on logits, got the string 'softmax'; " +
        'leave the option out, and for probabilities apply tf.softmax to what the model predicts',
    ],
    ...numberMistakes((units) => make({units}), 'marginDense: units', 'an integer >= 1', [0, -1, 2.5]),
    ...numberMistakes((step) => make({step}), 'marginDense: step', 'an integer >= 0', [-1, 2.5]),
    ...numberMistakes(
      (inputDim) => make({inputDim}),
      'marginDense: inputDim',
      'an integer >= 1',
      [0, -1, 2.5],
    ),
    ...notBooleans('useBias'),
    ...notBooleans('normalizeKernel'),
  ]);

  it.each([
    ['kernelInitializer', /^Unknown initializer: nonsense/],
    ['biasInitializer', /^Unknown initializer: nonsense/],
    ['kernelRegularizer', /^Unknown regularizer: nonsense/],
    ['biasRegularizer', /^Unknown regularizer: nonsense/],
    ['kernelConstraint', /^Unknown constraint: nonsense/],
    ['biasConstraint', /^Unknown constraint: nonsense/],
  ])('%s: tfjs-layers says what it does not know', (name, message) => {
    expect(errorOf(() => make({[name]: 'nonsense'})).message).toMatch(message);
  });

  it.each(['activation', 'activityRegularizer'])('%s: undefined counts as left out', (name) => {
    const model = sequential({layers: [make({inputShape: [2], [name]: undefined})]});
    expect((model.predict(tf.ones([1, 2])) as tf.Tensor).shape).toEqual([1, 3]);
  });

  it('does without the activation, as the message says', async () => {
    const model = sequential({layers: [make({inputShape: [2]})]});
    const probabilities = tf.softmax(model.predict(tf.ones([1, 2])) as tf.Tensor);
    expect((await tf.sum(probabilities).data())[0]).toBeCloseTo(1);
  });

  it('does not use up a name for a layer that was refused', () => {
    const numberOf = ({name}: MarginDense) => Number(/\d+$/.exec(name)![0]);
    const before = numberOf(make({}));
    errorOf(() => make({units: 0}));
    expect(numberOf(make({}))).toBe(before + 1);
  });

  describe('its step', () => {
    const layer = make({step: 3});
    rejects(
      numberMistakes(
        (step) => {
          layer.step = step;
        },
        'marginDense: step',
        'an integer >= 0',
        [-1, 0.5],
      ),
    );

    it('stays what it was', () => {
      errorOf(() => {
        layer.step = -1;
      });
      expect(layer.step).toBe(3);
    });
  });

  describe('in a model', () => {
    const add = (options: object) => sequential({layers: [make(options)]});
    rejects([
      [
        'with features of unknown number',
        () => add({inputShape: [null]}),
        RangeError,
        'marginDense: the input must have shape [batch, …, features] with a known number of features, got [null,null]; ' +
          'give the first layer of the model an inputShape such as [8]',
      ],
    ]);

    const vector = tf.zeros([4]);
    const pair = [tf.zeros([2, 4]), tf.zeros([2, 4])];
    const built = make({inputShape: [4]});
    sequential({layers: [built]});
    rejects([
      [
        'applied to the features of one example',
        () => marginDense({units: 3}).apply(vector),
        RangeError,
        'marginDense: the input must have shape [batch, …, features] with a known number of features, got [4]; ' +
          'one example is a batch of one: tf.reshape(input, [1, -1])',
      ],
      [
        'applied to two inputs',
        () => built.apply(pair),
        RangeError,
        'marginDense: it takes one input, got 2; concatenate them with tf.layers.concatenate() before it',
      ],
    ]);

    it('takes the one example, as the message says', () => {
      const logits = marginDense({units: 3}).apply(tf.reshape(vector, [1, -1])) as tf.Tensor;
      expect(logits.shape).toEqual([1, 3]);
    });

    it('may follow flatten', () => {
      const model = sequential({layers: [layers.flatten({inputShape: [4, 4]}), make({})]});
      expect(model.outputs[0]!.shape).toEqual([null, 3]);
    });
  });
});
