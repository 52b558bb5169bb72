/** Losses and `marginLogits`, called with tensors that do not fit, and losses of the user's own that go wrong. */

import * as tf from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  arcface,
  asoftmax,
  combined,
  hinge,
  Loss,
  type LossInputs,
  lsoftmax,
  marginDense,
  marginLogits,
  softmax,
} from '../../src/index.js';
import {tensorMemory} from '../support/memory.js';
import {read} from '../support/runLoss.js';
import {errorOf, type Mistake, rejects, wrong} from './rejects.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const features = tf.tensor2d([
  [1, 2],
  [3, 4],
]);
const kernel = tf.tensor2d([
  [1, 2, 3],
  [4, 5, 6],
]);
const logits = marginLogits(features, kernel);
const oneHot = tf.tensor2d([
  [1, 0, 0],
  [0, 0, 1],
]);
const zeros = (shape: number[], dtype: tf.DataType = 'float32') => tf.zeros(shape, dtype);

const losses: Record<string, Loss> = {
  hinge: hinge(),
  softmax: softmax({labelSmoothing: 0.1}),
  lsoftmax: lsoftmax({m: 4}),
  asoftmax: asoftmax({m: 3}),
  arcface: arcface(),
  combined: combined([
    [1, hinge()],
    [2, lsoftmax({m: 2})],
  ]),
};

describe.each(Object.entries(losses))('%s', (name, loss) => {
  describe('given labels', () => {
    const shapes = `${name}: for logits [2,3] labels must be one-hot [2,3] or class ids [2] or [2,1], got`;
    const misshapen = [[], [3], [3, 3], [2, 4], [3, 1], [1, 3], [2, 3, 1]].map((shape): Mistake => {
      const labels = zeros(shape, 'int32');
      return [`[${shape}]`, () => loss(labels, logits), RangeError, `${shapes} [${shape}]`];
    });
    const notTensors: [unknown, string][] = [
      [[0, 1], 'an array of length 2; make it one with tf.tensor()'],
      [Int32Array.of(0, 1), 'an object (Int32Array); make it one with tf.tensor()'],
      [undefined, 'undefined'],
      [1, '1'],
    ];
    const bools = {ids: zeros([2], 'bool'), rows: zeros([2, 3], 'bool')};
    const strings = {
      ids: tf.tensor(['cat', 'dog']),
      column: tf.tensor([['cat'], ['dog']]),
      rows: tf.tensor([
        ['1', '0', '0'],
        ['0', '0', '1'],
      ]),
    };
    const ofNames = (shape: string) =>
      `tf.tensor(Array.from(labels.dataSync(), (name) => classNames.indexOf(name)), [${shape}], 'int32')` +
      '; a name that is none of classNames becomes −1, which is no label';
    rejects([
      ...misshapen,
      [
        'bool [2]',
        () => loss(bools.ids, logits),
        TypeError,
        `${name}: class ids [2] must be float32 or int32, got bool; convert them with tf.cast(labels, 'int32')`,
      ],
      [
        'bool [2,3]',
        () => loss(bools.rows, logits),
        TypeError,
        `${name}: one-hot labels [2,3] must be float32 or int32, got bool; convert them with tf.cast(labels, 'float32')`,
      ],
      [
        'names [2]',
        () => loss(strings.ids, logits),
        TypeError,
        `${name}: class ids [2] must be float32 or int32, got string; ` +
          `give the number of each name's class, such as ${ofNames('2')}`,
      ],
      [
        'names [2,1]',
        () => loss(strings.column, logits),
        TypeError,
        `${name}: class ids [2,1] must be float32 or int32, got string; ` +
          `give the number of each name's class, such as ${ofNames('2,1')}`,
      ],
      [
        'string [2,3]',
        () => loss(strings.rows, logits),
        TypeError,
        `${name}: one-hot labels [2,3] must be float32 or int32, got string; ` +
          'give numbers, such as tf.tensor(Array.from(labels.dataSync(), Number), [2,3])',
      ],
      ...notTensors.map(
        ([labels, described]): Mistake => [
          described,
          () => loss(wrong(labels), logits),
          TypeError,
          `${name}: labels must be a tensor, got ${described}`,
        ],
      ),
    ]);

    it('as the messages say, takes them', async () => {
      const classNames = ['cat', 'fish', 'dog'];
      const namesOf = (labels: tf.Tensor) => Array.from(labels.dataSync<'string'>());
      const expected = await read(loss(oneHot, logits));
      const numbered = (labels: tf.Tensor) =>
        tf.tensor(
          namesOf(labels).map((each) => classNames.indexOf(each)),
          labels.shape,
          'int32',
        );
      const remedied = [
        tf.tensor([0, 2]),
        tf.tensor(Int32Array.of(0, 2)),
        numbered(strings.ids),
        numbered(strings.column),
        tf.tensor(namesOf(strings.rows).map(Number), [2, 3]),
        tf.cast(tf.cast(oneHot, 'bool'), 'float32'),
      ];
      for (const labels of remedied) expect(await read(loss(labels, logits))).toEqual(expected);
      // Bools are the ids 0 and 1.
      const [byBools, byIds] = [tf.cast(tf.tensor([true, false]), 'int32'), tf.tensor([1, 0])];
      expect(await read(loss(byBools, logits))).toEqual(await read(loss(byIds, logits)));
    });
  });

  describe('given logits of a single class', () => {
    const single = marginLogits(tf.ones([2, 2]), tf.ones([2, 1]));
    const labels = tf.tensor2d([[1], [0]]);
    const bools = tf.cast(labels, 'bool');
    const names = tf.tensor([['dog'], ['cat']]);
    const remedy =
      'for two classes give the last layer 2 units, and make labels of 0 and 1 one-hot with ' +
      "tf.oneHot(tf.squeeze(tf.cast(labels, 'int32'), [-1]), 2)";
    rejects([
      [
        'and labels of as many numbers',
        () => loss(labels, single),
        RangeError,
        `${name}: logits [2,1] have a single class, with which there is nothing to learn; ${remedy}`,
      ],
      [
        'and labels of true and false',
        () => loss(bools, single),
        RangeError,
        `${name}: logits [2,1] have a single class, with which there is nothing to learn; ${remedy}`,
      ],
      [
        'and names',
        () => loss(names, single),
        TypeError,
        `${name}: class ids [2,1] must be float32 or int32, got string; give the number of each name's class, such as ` +
          "tf.tensor(Array.from(labels.dataSync(), (name) => classNames.indexOf(name)), [2,1], 'int32')" +
          '; a name that is none of classNames becomes −1, which is no label',
      ],
    ]);

    it('says so in fit, and what it says works', async () => {
      const train = async (units: number, ys: tf.Tensor) => {
        const model = sequential({layers: [marginDense({units, inputShape: [2]})]});
        model.compile({optimizer: 'sgd', loss});
        const {history} = await model.fit(features, ys, {epochs: 1, verbose: 0});
        return history.loss as number[];
      };
      await expect(train(1, labels)).rejects.toThrow(/have a single class/);
      const classNames = ['cat', 'dog'];
      const ids = Array.from(names.dataSync<'string'>(), (each) => classNames.indexOf(each));
      for (const given of [labels, bools, tf.tensor(ids, [2, 1], 'int32')]) {
        const twoClasses = tf.oneHot(tf.squeeze(tf.cast(given, 'int32'), [-1]), 2);
        expect(await twoClasses.array()).toEqual([
          [0, 1],
          [1, 0],
        ]);
        expect((await train(2, twoClasses))[0]).toBeGreaterThan(0);
      }
    });
  });

  describe('given an output', () => {
    const expected = `${name}: the output, the second argument, must be float32 logits [batch, …, classes], got`;
    const misshapen = [[], [2]].map((shape): Mistake => {
      const output = zeros(shape);
      return [
        `[${shape}]`,
        () => loss(oneHot, output),
        RangeError,
        `${expected} float32 [${shape}]; one example is a batch of one: tf.reshape(output, [1, -1])`,
      ];
    });
    const integers = zeros([2, 3], 'int32');
    const notTensor = `${name}: a loss is called with (labels, output), two tensors; the output is`;
    rejects([
      ...misshapen,
      [
        'int32',
        () => loss(oneHot, integers),
        TypeError,
        `${expected} int32 [2,3]; convert it with tf.cast(output, 'float32')`,
      ],
      ['missing', () => loss(oneHot, wrong(undefined)), TypeError, `${notTensor} undefined`],
      [
        'that is an array',
        () => loss(oneHot, wrong([[1, 2, 3]])),
        TypeError,
        `${notTensor} an array of length 1; make it one with tf.tensor()`,
      ],
    ]);
  });

  it('works again after a failed call', async () => {
    const fresh = await read(loss(oneHot, logits));
    errorOf(() => loss(wrong(null), logits));
    expect(await read(loss(oneHot, logits))).toEqual(fresh);
  });
});

it('takes one example as a batch of one, as the message says', async () => {
  const output = tf.tensor1d([2, 1.5, -3]);
  expect(await read(hinge()(tf.tensor([0]), tf.reshape(output, [1, -1])))).toEqual([0.5]);
  const integers = tf.tensor2d([[2, 0, -3]], undefined, 'int32');
  expect(await read(hinge()(tf.tensor([1]), tf.cast(integers, 'float32')))).toEqual([3]);
  expect(await read(hinge()(tf.tensor([0]), tf.tensor([[2, 1.5, -3]])))).toEqual([0.5]);
});

describe.each([
  ['lsoftmax', lsoftmax({m: 2}), 'lsoftmax'],
  ['asoftmax', asoftmax({m: 2}), 'asoftmax'],
  [
    'a combination',
    combined([
      [1, hinge()],
      [1, lsoftmax()],
    ]),
    'lsoftmax',
  ],
] as const)('%s on logits without geometry', (_, loss, name) => {
  const message =
    `${name}: it needs the angles between features and weights, and these logits do not tell where they came from; ` +
    "make marginDense({units: …}) the model's last layer, with nothing behind or around it, " +
    'or compute the logits with marginLogits(features, kernel)';
  const derived = {
    'a product': tf.matMul(features, kernel),
    'a clone': tf.clone(logits),
    'a reshape': tf.reshape(logits, [2, 3]),
    'an activation': tf.relu(logits),
    'a slice': tf.slice(logits, [0, 0], [2, 3]),
  };
  rejects(
    Object.entries(derived).map(([what, output]) => [what, () => loss(oneHot, output), TypeError, message]),
  );

  const models = {
    'a dense layer': [layers.dense({units: 3, inputShape: [2]})],
    'marginDense followed by an activation': [
      marginDense({units: 3, inputShape: [2]}),
      layers.activation({activation: 'softmax'}),
    ],
    'marginDense followed by a reshape': [
      marginDense({units: 3, inputShape: [2]}),
      layers.reshape({targetShape: [3]}),
    ],
    'marginDense followed by dropout': [
      marginDense({units: 3, inputShape: [2]}),
      layers.dropout({rate: 0.5}),
    ],
  };
  it.each(Object.entries(models))('says so in fit and evaluate: %s', async (_, stack) => {
    const model = sequential({layers: stack});
    model.compile({optimizer: 'sgd', loss});
    await expect(model.fit(features, oneHot, {verbose: 0})).rejects.toThrow(new TypeError(message));
    expect(() => model.evaluate(features, oneHot)).toThrow(new TypeError(message));
  });
});

describe('a schedule of the user’s own', () => {
  const returns: [unknown, typeof RangeError | typeof TypeError, string][] = [
    [-1, RangeError, '-1'],
    [Number.NaN, RangeError, 'NaN'],
    [Number.POSITIVE_INFINITY, RangeError, 'Infinity'],
    [undefined, TypeError, 'undefined'],
    ['5', TypeError, "the string '5'"],
    [Promise.resolve(5), TypeError, 'an object (Promise)'],
  ];
  const atStep3 = marginLogits(features, kernel, {step: 3});
  for (const [name, make] of Object.entries({lsoftmax, asoftmax})) {
    rejects(
      returns.map(([value, type, described]) => [
        `that returns ${described}, in ${name}`,
        () => make({lambda: () => wrong(value)})(oneHot, atStep3),
        type,
        `${name}: lambda(3) must be a finite number >= 0, got ${described}`,
      ]),
    );
  }

  it('that throws is heard, and leaves nothing behind', () => {
    const loss = combined([
      [1, softmax()],
      [1, lsoftmax({m: 2, lambda: 1})],
      [
        1,
        lsoftmax({
          lambda: () => {
            throw new Error('out of ideas');
          },
        }),
      ],
    ]);
    const before = tensorMemory();
    expect(() => loss(oneHot, logits)).toThrow(new Error('out of ideas'));
    expect(tensorMemory()).toEqual(before);
  });
});

describe('a loss of the user’s own', () => {
  /** Returns whatever it is told to, of what `compute` made. */
  class Returning extends Loss {
    readonly #compute: (inputs: LossInputs) => unknown;
    constructor(compute: (inputs: LossInputs) => unknown) {
      super('mine');
      this.#compute = compute;
    }
    compute(inputs: LossInputs): tf.Tensor1D {
      return wrong(this.#compute(inputs));
    }
    getConfig() {
      return {name: this.name};
    }
  }

  const expected = 'mine: compute() must return a tensor of one value an example, shape [2], got';
  const remedy = '; sum or average over the classes only';
  const cases: [
    what: string,
    (inputs: LossInputs) => unknown,
    typeof TypeError | typeof RangeError,
    string,
  ][] = [
    ['nothing', () => undefined, TypeError, `${expected} undefined`],
    ['a number', () => 5, TypeError, `${expected} 5`],
    ['a promise', async () => 5, TypeError, `${expected} an object (Promise)`],
    ['a scalar', (inputs) => tf.mean(inputs.logits), RangeError, `${expected} []${remedy}`],
    ['a value a class', (inputs) => tf.exp(inputs.logits), RangeError, `${expected} [2,3]${remedy}`],
    ['a column', (inputs) => tf.sum(inputs.logits, 1, true), RangeError, `${expected} [2,1]${remedy}`],
    [
      'one value too few',
      (inputs) => tf.reshape(tf.slice(inputs.logits, [0, 0], [1, 1]), [1]),
      RangeError,
      `${expected} [1]${remedy}`,
    ],
  ];
  rejects(
    cases.flatMap(([what, compute, type, message]): Mistake[] => {
      const mine = new Returning(compute);
      const within = combined([
        [1, softmax()],
        [
          1,
          combined([
            [1, lsoftmax({m: 2})],
            [1, mine],
          ]),
        ],
      ]);
      return [
        [`that returns ${what}`, () => mine(oneHot, logits), type, message],
        [`that returns ${what}, within a combination`, () => within(oneHot, logits), type, message],
      ];
    }),
  );

  it('that throws is heard, and leaves nothing behind', () => {
    const mine = new Returning((inputs) => {
      inputs.share('something of mine', () => tf.exp(inputs.logits));
      inputs.atTrueClass(inputs.logits);
      throw new Error('out of ideas');
    });
    const before = tensorMemory();
    for (const loss of [
      mine,
      combined([
        [1, lsoftmax({m: 2})],
        [1, mine],
      ]),
    ]) {
      expect(() => loss(oneHot, logits)).toThrow(new Error('out of ideas'));
    }
    expect(tensorMemory()).toEqual(before);
  });
});

describe('marginLogits', () => {
  const ofFloats = {
    vector: zeros([2]),
    otherKernel: zeros([3, 3]),
    integers: zeros([2, 2], 'int32'),
    integerKernel: zeros([2, 3], 'int32'),
    bias: zeros([3]),
    longBias: zeros([4]),
    rowBias: zeros([1, 3]),
    integerBias: zeros([3], 'int32'),
  };
  const {vector, otherKernel, integers, integerKernel, bias, longBias, rowBias, integerBias} = ofFloats;
  const make = (x: tf.Tensor, w: tf.Tensor, options?: object) => marginLogits(wrong(x), wrong(w), options);
  const notTensor = (name: string, shape: string, described: string) =>
    `marginLogits: ${name} must be a tensor of shape ${shape}, got ${described}`;

  rejects([
    [
      'no features',
      () => make(wrong(undefined), kernel),
      TypeError,
      notTensor('features', '[batch, …, features]', 'undefined'),
    ],
    [
      'features in an array',
      () => make(wrong([[1, 2]]), kernel),
      TypeError,
      notTensor('features', '[batch, …, features]', 'an array of length 1; make it one with tf.tensor()'),
    ],
    [
      'no kernel',
      () => make(features, wrong(undefined)),
      TypeError,
      notTensor('kernel', '[features, classes]', 'undefined'),
    ],
    [
      'a bias in an array',
      () => make(features, kernel, {bias: [1, 2, 3]}),
      TypeError,
      notTensor('bias', '[classes]', 'an array of length 3; make it one with tf.tensor()'),
    ],
    [
      'a bias of null',
      () => make(features, kernel, {bias: null}),
      TypeError,
      notTensor('bias', '[classes]', 'null'),
    ],
    [
      'integer features',
      () => make(integers, kernel),
      TypeError,
      "marginLogits: features must be float32, got int32; convert it with tf.cast(features, 'float32')",
    ],
    [
      'an integer kernel',
      () => make(features, integerKernel),
      TypeError,
      "marginLogits: kernel must be float32, got int32; convert it with tf.cast(kernel, 'float32')",
    ],
    [
      'an integer bias',
      () => make(features, kernel, {bias: integerBias}),
      TypeError,
      "marginLogits: bias must be float32, got int32; convert it with tf.cast(bias, 'float32')",
    ],
    [
      'the features of one example',
      () => make(vector, kernel),
      RangeError,
      'marginLogits: features must have shape [batch, …, features], got [2]; one example is a batch of one: tf.reshape(features, [1, -1])',
    ],
    [
      'a kernel with one axis',
      () => make(features, vector),
      RangeError,
      'marginLogits: kernel must have shape [features, classes], got [2]',
    ],
    [
      'a bias with two axes',
      () => make(features, kernel, {bias: rowBias}),
      RangeError,
      'marginLogits: bias must have shape [classes], got [1,3]',
    ],
    [
      'another number of features in the kernel',
      () => make(features, otherKernel),
      RangeError,
      'marginLogits: features [batch, …, features] and kernel [features, classes] must agree in the number of features, got [2,2] and [3,3]',
    ],
    [
      'another number of classes in the bias',
      () => make(features, kernel, {bias: longBias}),
      RangeError,
      'marginLogits: bias must have one element a class, [3] for this kernel, got [4]',
    ],
    [
      'a bias in place of the options',
      () => make(features, kernel, bias),
      TypeError,
      'marginLogits: the options must be an object such as {bias: …}, got an object (Tensor)',
    ],
    [
      'options of null',
      () => make(features, kernel, wrong(null)),
      TypeError,
      'marginLogits: the options must be an object such as {bias: …}, got null',
    ],
    [
      'a misspelt option',
      () => make(features, kernel, {normalise: true}),
      TypeError,
      "marginLogits: unknown option 'normalise'; the options are bias, normalizeKernel, step",
    ],
    [
      'a negative step',
      () => make(features, kernel, {step: -1}),
      RangeError,
      'marginLogits: step must be an integer >= 0, got -1',
    ],
    [
      'half a step',
      () => make(features, kernel, {step: 0.5}),
      RangeError,
      'marginLogits: step must be an integer >= 0, got 0.5',
    ],
    [
      'a step in a string',
      () => make(features, kernel, {step: '1'}),
      TypeError,
      "marginLogits: step must be an integer >= 0, got the string '1'",
    ],
    [
      'normalizeKernel neither true nor false',
      () => make(features, kernel, {normalizeKernel: 'yes'}),
      TypeError,
      "marginLogits: normalizeKernel must be true or false, got the string 'yes'",
    ],
    [
      'normalizeKernel of null',
      () => make(features, kernel, {normalizeKernel: null}),
      TypeError,
      'marginLogits: normalizeKernel must be true or false, got null',
    ],
  ]);
});

describe('a model', () => {
  it('compiled with a factory in place of a loss learns what is missing', async () => {
    const model = sequential({layers: [marginDense({units: 3, inputShape: [2]})]});
    model.compile({optimizer: 'sgd', loss: wrong(hinge)});
    await expect(model.fit(features, oneHot, {verbose: 0})).rejects.toThrow(/: use hinge\(\)$/);
  });

  it('is left as it was, and trains on, after a batch that its loss refused', async () => {
    const layer = marginDense({units: 3, inputShape: [2]});
    const model = sequential({layers: [layer]});
    const calls = {refuse: false};
    const lambda = () => (calls.refuse ? Number.NaN : 1);
    model.compile({optimizer: 'sgd', loss: lsoftmax({m: 2, lambda})});
    const before = await layer.getWeights()[0]!.array();
    calls.refuse = true;
    await expect(model.trainOnBatch(features, oneHot)).rejects.toThrow(
      /must be a finite number >= 0, got NaN/,
    );
    expect(await layer.getWeights()[0]!.array()).toEqual(before);
    calls.refuse = false;
    await model.trainOnBatch(features, oneHot);
    expect(await layer.getWeights()[0]!.array()).not.toEqual(before);
  });
});
