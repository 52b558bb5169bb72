import * as tf from '@tensorflow/tfjs-core';
import {initializers, sequential} from '@tensorflow/tfjs-layers';
import {afterAll, describe, expect, it, vi} from 'vitest';
import {
  AMSoftmaxLoss,
  ArcFaceLoss,
  ASoftmaxLoss,
  amsoftmax,
  arcface,
  asoftmax,
  CombinedLoss,
  CombinedMarginLoss,
  combined,
  combinedMargin,
  cosface,
  FocalLoss,
  focal,
  GeneralizedCrossEntropyLoss,
  generalizedCrossEntropy,
  HingeLoss,
  hinge,
  Loss,
  type LossInputs,
  LSoftmaxLoss,
  lsoftmax,
  MagFaceLoss,
  magface,
  marginDense,
  marginLogits,
  NormalizedCrossEntropyLoss,
  NormalizedSoftmaxLoss,
  normalizedCrossEntropy,
  normalizedSoftmax,
  PolyLoss,
  poly,
  ReverseCrossEntropyLoss,
  reverseCrossEntropy,
  SoftmaxLoss,
  softmax,
} from '../src/index.js';
import {expectClose} from './support/expectClose.js';
import {labelForms, read, toLoss} from './support/runLoss.js';
import {everyLoss} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const x = tf.tensor2d([
  [1, 2],
  [-1, 0.5],
  [0.3, -2],
  [2, 0.1],
]);
const w = tf.tensor2d([
  [0.5, -1, 0.2],
  [1, 0.3, -0.7],
]);
const ids = tf.tensor1d([0, 1, 2, 0], 'int32');
const logits = marginLogits(x, w);

afterAll(() => tf.dispose([x, w, ids, logits]));

const instances = {
  hinge: {loss: hinge({margin: 2}), itsClass: HingeLoss, name: 'hinge', formula: 'hinge(Δ=2)'},
  softmax: {loss: softmax(), itsClass: SoftmaxLoss, name: 'softmax', formula: 'softmax'},
  'smoothed softmax': {
    loss: softmax({labelSmoothing: 0.1}),
    itsClass: SoftmaxLoss,
    name: 'softmax',
    formula: 'softmax(ε=0.1)',
  },
  lsoftmax: {loss: lsoftmax(), itsClass: LSoftmaxLoss, name: 'lsoftmax', formula: 'lsoftmax(m=4)'},
  'lsoftmax with λ': {
    loss: lsoftmax({m: 2, lambda: 0.5}),
    itsClass: LSoftmaxLoss,
    name: 'lsoftmax',
    formula: 'lsoftmax(m=2, λ=0.5)',
  },
  asoftmax: {loss: asoftmax({m: 3}), itsClass: ASoftmaxLoss, name: 'asoftmax', formula: 'asoftmax(m=3)'},
  amsoftmax: {
    loss: amsoftmax(),
    itsClass: AMSoftmaxLoss,
    name: 'amsoftmax',
    formula: 'amsoftmax(m=0.35)',
  },
  'cosface with a scale': {
    loss: cosface({margin: -0.1, scale: 30}),
    itsClass: AMSoftmaxLoss,
    name: 'amsoftmax',
    formula: 'amsoftmax(m=-0.1, s=30)',
  },
  arcface: {loss: arcface(), itsClass: ArcFaceLoss, name: 'arcface', formula: 'arcface(m=0.5)'},
  normalizedSoftmax: {
    loss: normalizedSoftmax(),
    itsClass: NormalizedSoftmaxLoss,
    name: 'normalizedSoftmax',
    formula: 'normalizedSoftmax',
  },
  combinedMargin: {
    loss: combinedMargin({m1: 1.5, m3: 0.1, scale: 8}),
    itsClass: CombinedMarginLoss,
    name: 'combinedMargin',
    formula: 'combinedMargin(m₁=1.5, m₂=0, m₃=0.1, s=8)',
  },
  magface: {
    loss: magface({maxNorm: 51, regularizer: 5}),
    itsClass: MagFaceLoss,
    name: 'magface',
    formula: 'magface(u_a=51, λ_g=5)',
  },
  focal: {loss: focal(), itsClass: FocalLoss, name: 'focal', formula: 'focal(γ=2)'},
  'focal on a base': {
    loss: focal({base: arcface({scale: 8})}),
    itsClass: FocalLoss,
    name: 'focal',
    formula: 'focal(γ=2, base=arcface(m=0.5, s=8))',
  },
  poly: {loss: poly(), itsClass: PolyLoss, name: 'poly', formula: 'poly(ε=1)'},
  generalizedCrossEntropy: {
    loss: generalizedCrossEntropy(),
    itsClass: GeneralizedCrossEntropyLoss,
    name: 'generalizedCrossEntropy',
    formula: 'generalizedCrossEntropy(q=0.7)',
  },
  reverseCrossEntropy: {
    loss: reverseCrossEntropy(),
    itsClass: ReverseCrossEntropyLoss,
    name: 'reverseCrossEntropy',
    formula: 'reverseCrossEntropy(floor=0.0001)',
  },
  normalizedCrossEntropy: {
    loss: normalizedCrossEntropy(),
    itsClass: NormalizedCrossEntropyLoss,
    name: 'normalizedCrossEntropy',
    formula: 'normalizedCrossEntropy',
  },
  combined: {
    loss: combined([
      [0.25, hinge()],
      [0.65, lsoftmax({m: 4})],
      [0.34, asoftmax({m: 4})],
    ]),
    itsClass: CombinedLoss,
    name: 'combined',
    formula: '0.25·hinge(Δ=1) + 0.65·lsoftmax(m=4) + 0.34·asoftmax(m=4)',
  },
  'nested combined': {
    loss: combined([
      [0.5, softmax()],
      [2, combined([[1, hinge()]])],
    ]),
    itsClass: CombinedLoss,
    name: 'combined',
    formula: '0.5·softmax + 2·(1·hinge(Δ=1))',
  },
};

describe.each(Object.entries(instances))('%s', (_, {loss, itsClass, name, formula}) => {
  it('is a function and an instance of its class', () => {
    expect(typeof loss).toBe('function');
    expect(loss).toBeInstanceOf(itsClass);
    expect(loss).toBeInstanceOf(Loss);
    expect(loss).toBeInstanceOf(Function);
    expect(Object.getPrototypeOf(loss)).toBe(itsClass.prototype);
  });

  it('is an instance of no other class', () => {
    const others = Object.values(instances).flatMap((other) =>
      other.itsClass === itsClass ? [] : [other.itsClass],
    );
    for (const other of others) expect(loss).not.toBeInstanceOf(other);
  });

  it('has a name and a formula', () => {
    expect(loss.name).toBe(name);
    expect(String(loss)).toBe(formula);
    expect(`${loss}`).toBe(formula);
  });

  it('gives one value an example, the same through call, apply and bind', async () => {
    const values = await read(loss(ids, logits));
    expect(values).toHaveLength(4);
    expect(await read(loss.call(null, ids, logits))).toEqual(values);
    expect(await read(loss.apply(null, [ids, logits]))).toEqual(values);
    expect(await read(loss.bind(null)(ids, logits))).toEqual(values);
    expect(await read(loss.bind(null, ids)(logits))).toEqual(values);
  });

  it('has nothing that tfjs-layers could take for a map of losses', () => {
    expect(Object.keys(loss)).toEqual([]);
    const enumerable: string[] = [];
    for (const key in loss) enumerable.push(key);
    expect(enumerable).toEqual([]);
  });

  it('does not let its name be changed', () => {
    expect(() => Object.assign(loss, {name: 'other'})).toThrow(TypeError);
  });
});

it('the options can be read back', () => {
  const schedule = (step: number) => 1 / (1 + step);
  expect(hinge().margin).toBe(1);
  expect(hinge({margin: 2}).margin).toBe(2);
  expect(softmax().labelSmoothing).toBe(0);
  expect(softmax({labelSmoothing: 0.3}).labelSmoothing).toBe(0.3);
  for (const make of [lsoftmax, asoftmax]) {
    expect(make().m).toBe(4);
    const {m, lambda} = make({m: 2, lambda: 3});
    expect([m, lambda]).toEqual([2, 3]);
    expect(make({lambda: schedule}).lambda).toBe(schedule);
    expect(String(make({lambda: schedule}))).toBe(`${make.name}(m=4, λ=schedule)`);
  }
});

it('the terms of a combination are a copy that cannot be changed', () => {
  const [first, second] = [hinge(), softmax()];
  const given: [number, Loss][] = [
    [1, first],
    [2, second],
  ];
  const loss = combined(given);
  given[0]![0] = 7;
  given.pop();
  expect(loss.terms).toEqual([
    {weight: 1, loss: first},
    {weight: 2, loss: second},
  ]);
  expect(loss.terms[0]!.loss).toBe(first);
  expect(Object.isFrozen(loss.terms)).toBe(true);
  for (const term of loss.terms) expect(Object.isFrozen(term)).toBe(true);
});

it('a combination can be made of the terms of another, and of a list of inferred type', () => {
  const listed = [
    [1, hinge()],
    [2, softmax()],
  ];
  const loss = combined(listed);
  expect(combined(loss.terms).terms).toEqual(loss.terms);
  expect(String(combined([...loss.terms, [0.5, lsoftmax({m: 2, lambda: 0})]]))).toBe(
    '1·hinge(Δ=1) + 2·softmax + 0.5·lsoftmax(m=2, λ=0)',
  );
});

describe.each(Object.entries(everyLoss))('labels given to %s', (_, spec) => {
  const loss = toLoss(spec);
  const rows = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ];

  it.each(Object.entries(labelForms))('get the gradient 0, as %s', async (_, make) => {
    const labels = make(rows);
    const gradients = tf.tidy(() =>
      tf.grads((given: tf.Tensor, kernel: tf.Tensor) =>
        tf.sum(loss(given, marginLogits(x, kernel as tf.Tensor2D))),
      )([labels, w]),
    );
    const [ofLabels, ofKernel] = [gradients[0]!, gradients[1]!];
    expect(ofLabels.shape).toEqual(labels.shape);
    expect([...(await ofLabels.data())].every((value) => value === 0)).toBe(true);
    expect([...(await ofKernel.data())].some((value) => value !== 0)).toBe(true);
    tf.dispose([labels, gradients]);
  });
});

/** (1 − p_y)^γ · (−log p_y), the focal loss of Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017. */
class FocalInOps extends Loss {
  readonly #gamma: number;

  constructor({gamma = 2} = {}) {
    super('focal');
    this.#gamma = gamma;
  }

  compute({logits, oneHot}: LossInputs): tf.Tensor1D {
    const logProbability = tf.sum<tf.Tensor1D>(tf.mul(oneHot, tf.logSoftmax(logits)), 1);
    const miss = tf.sub(1, tf.exp(logProbability));
    return tf.neg(tf.mul<tf.Tensor1D>(tf.pow(miss, this.#gamma), logProbability));
  }

  getConfig() {
    return {name: this.name, gamma: this.#gamma};
  }

  override toString(): string {
    return `focal(γ=${this.#gamma})`;
  }
}

describe('a loss of the user’s own', () => {
  const focal = new FocalInOps({gamma: 2});
  const p = 0.8;
  const sure = tf.tensor2d([[Math.log(p), Math.log(1 - p)]]);
  const first = tf.tensor1d([0], 'int32');
  const expected = (1 - p) ** 2 * -Math.log(p);

  it('is a loss like the others', async () => {
    expect(focal).toBeInstanceOf(FocalInOps);
    expect(focal).toBeInstanceOf(Loss);
    expect([focal.name, String(focal), Object.keys(focal)]).toEqual(['focal', 'focal(γ=2)', []]);
    expectClose(await read<number[]>(focal(first, sure)), [expected], {relative: 1e-5});
  });

  it('works within a combination, nested too', async () => {
    const loss = combined([
      [2, focal],
      [1, combined([[3, focal]])],
    ]);
    expectClose(await read<number[]>(loss(first, sure)), [5 * expected], {relative: 1e-5});
    expect(String(loss)).toBe('2·focal(γ=2) + 1·(3·focal(γ=2))');
  });

  it('passes its gradient on, alone and within a combination', async () => {
    const gradientOf = (loss: Loss) =>
      read<number[][]>(tf.grad((scores: tf.Tensor) => tf.sum(loss(first, scores as tf.Tensor2D)))(sure));
    // d/dz of (1 − p)^2 · (−log p), with dp/dz_y = p(1 − p) and dp/dz_j = −p(1 − p).
    const byProbability = 2 * (1 - p) * Math.log(p) - (1 - p) ** 2 / p;
    const [own, other] = [byProbability * p * (1 - p), -byProbability * p * (1 - p)];
    expectClose(await gradientOf(focal), [[own, other]], {relative: 1e-4});
    const withHinge = await gradientOf(
      combined([
        [0.5, focal],
        [0.25, hinge({margin: 3})],
      ]),
    );
    expectClose(withHinge, [[0.5 * own - 0.25, 0.5 * other + 0.25]], {relative: 1e-4});
  });

  it('trains under fit, with its own metric beside it', async () => {
    const kernelInitializer = initializers.glorotNormal({seed: 1});
    const model = sequential({layers: [marginDense({units: 3, inputShape: [2], kernelInitializer})]});
    const loss = combined([
      [1, focal],
      [1, lsoftmax({m: 2, lambda: 1})],
    ]);
    model.compile({optimizer: tf.train.adam(0.1), loss, metrics: [focal]});
    const rows = tf.cast(tf.oneHot(ids, 3), 'float32');
    const {history} = await model.fit(x, rows, {epochs: 20, verbose: 0});
    const [losses, focals] = [history.loss, history.focal] as number[][];
    expect(losses!.at(-1)).toBeLessThan(losses![0]! / 2);
    expect(focals!.at(-1)).toBeLessThan(focals![0]! / 2);
  });

  it('is missed by name if a subclass, in JavaScript, has no compute()', () => {
    const unfinished = new FocalInOps();
    Object.defineProperty(unfinished, 'compute', {value: undefined});
    expect(() => unfinished(ids, logits)).toThrow(
      new TypeError('focal: a loss must implement compute(inputs), from inputs to one value an example'),
    );
  });

  it('may be written in terms of the true class’s score, and shared tensors, taken out of the inputs', async () => {
    class LogLikelihood extends Loss {
      constructor() {
        super('likelihood');
      }
      compute({atTrueClass, share, logits: given}: LossInputs) {
        const scores = share('likelihood: scores', () => given);
        return tf.neg(atTrueClass(tf.logSoftmax(scores)));
      }
      getConfig() {
        return {name: this.name};
      }
    }
    const scores = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const ids = tf.tensor1d([2, 0], 'int32');
    const [own, standard] = [new LogLikelihood(), softmax()].map((each) =>
      tf.valueAndGrad((given: tf.Tensor) => each(ids, given))(scores, tf.tensor1d([1, 2])),
    );
    expect(scores.isDisposed).toBe(false);
    expectClose(await read<number[]>(own!.value), await read<number[]>(standard!.value), {absolute: 1e-6});
    expectClose(await read<number[][]>(own!.grad), await read<number[][]>(standard!.grad), {absolute: 1e-6});
    tf.dispose([scores, ids, own!, standard!]);
  });

  it('may use what the library works out: logits, mask, class ids, the true class’s score', async () => {
    const seen: {sizes?: number[]; tensors?: tf.Tensor[]} = {};
    class Curious extends Loss {
      constructor() {
        super('curious');
      }
      compute(inputs: LossInputs): tf.Tensor1D {
        const {batch, classes, classIds, oneHot, isTrueClass, logits: scores} = inputs;
        const trueScore = inputs.atTrueClass(scores);
        seen.sizes = [batch, classes];
        seen.tensors = [classIds, oneHot, isTrueClass, trueScore].map((tensor) => tf.keep(tf.clone(tensor)));
        return trueScore;
      }
      getConfig() {
        return {name: this.name};
      }
    }
    const scores = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const rows = tf.tensor2d([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const mask = await rows.array();
    const curious = new Curious();
    for (const labels of [rows, tf.tensor1d([1, 2], 'int32')]) {
      expect(await read(curious(labels, scores))).toEqual([2, 6]);
      expect(seen.sizes).toEqual([2, 3]);
      expect(await Promise.all(seen.tensors!.map(read))).toEqual([[1, 2], mask, mask, [2, 6]]);
    }
  });
});

describe.each(Object.entries(everyLoss))('%s', (_, spec) => {
  it('takes one-hot rows that were cast from bools, be they part of a larger array', async () => {
    const bytes = new Uint8Array(4096).fill(1);
    const view = bytes.subarray(1, 13);
    view.set([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]);
    const rows = tf.cast(tf.tensor2d(view, [4, 3], 'bool'), 'float32');
    const loss = toLoss(spec);
    expectClose(await read(loss(rows, logits)), await read(loss(ids, logits)), {absolute: 1e-6});
  });
});
