import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  ArcFaceLoss,
  amsoftmax,
  annealedLambda,
  arcface,
  asoftmax,
  CombinedLoss,
  combined,
  combinedMargin,
  FocalLoss,
  focal,
  generalizedCrossEntropy,
  hinge,
  Loss,
  type LossConfig,
  type LossInputs,
  ldam,
  logitAdjusted,
  lossFromConfig,
  lsoftmax,
  magface,
  marginLogits,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from '../src/index.js';
import {read} from './support/runLoss.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const labels = tf.tensor1d([0, 2, 1], 'int32');
const logits = marginLogits(
  tf.tensor2d([
    [1, 2],
    [-0.5, 1],
    [0.1, -3],
  ]),
  tf.tensor2d([
    [1, -1, 0.5],
    [-2, 0.3, 1],
  ]),
  {step: 3},
);

const amount = fc.double({min: 0, max: 100, noNaN: true, noDefaultInfinity: true});

const scales = fc.constantFrom<(number | 'auto')[]>('auto', 0.5, 30);
const angles = fc.double({min: 0, max: 3, noNaN: true});

const anyMayBeMissing: {requiredKeys: []} = {requiredKeys: []};

const lambdas = fc.oneof(
  amount,
  fc
    .record({rise: amount, gamma: amount, power: amount, min: amount}, anyMayBeMissing)
    .map(({rise, min, ...rest}) =>
      annealedLambda({...rest, min, ...(rise === undefined ? {} : {base: (min ?? 50) + rise})}),
    ),
);
const margins = fc.record({m: fc.integer({min: 1, max: 8}), lambda: lambdas}, anyMayBeMissing);

/** Losses that may be a base of others. */
const bases = fc.oneof(
  margins.map((options) => lsoftmax(options)),
  fc.record({margin: angles, scale: scales}, anyMayBeMissing).map((options) => arcface(options)),
  fc.constant(softmax()),
);

/** Options beside a base. */
const withBase = <V>(options: {[K in keyof V]: fc.Arbitrary<V[K]>}) =>
  fc.record({...options, base: bases}, anyMayBeMissing);

/** Any loss of the package, combinations within combinations included. */
const {loss: anyLoss} = fc.letrec<{loss: Loss}>((tie) => ({
  loss: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    fc
      .record({margin: amount, squared: fc.boolean(), form: fc.constantFrom('sum', 'max')}, anyMayBeMissing)
      .map((options) => hinge(options)),
    fc.record({counts: fc.constant([3, 2, 1]), tau: amount}).map((options) => logitAdjusted(options)),
    fc.record({counts: fc.constant([3, 2, 1]), maxMargin: amount}).map((options) => ldam(options)),
    fc
      .record({labelSmoothing: fc.constantFrom(0, 0.1, 0.5)}, anyMayBeMissing)
      .map((options) => softmax(options)),
    margins.map((options) => lsoftmax(options)),
    margins.map((options) => asoftmax(options)),
    fc.record({margin: amount, scale: scales}, anyMayBeMissing).map((options) => amsoftmax(options)),
    fc.record({margin: angles, scale: scales}, anyMayBeMissing).map((options) => arcface(options)),
    fc.record({scale: scales}, anyMayBeMissing).map((options) => normalizedSoftmax(options)),
    fc
      .record(
        {m1: fc.double({min: 1, max: 4, noNaN: true}), m2: angles, m3: amount, scale: scales},
        anyMayBeMissing,
      )
      .map((options) => combinedMargin(options)),
    fc
      .record(
        {minNorm: angles.map((value) => value + 0.1), regularizer: scales, scale: scales},
        anyMayBeMissing,
      )
      .map((options) => magface(options)),
    withBase({gamma: amount}).map((options) => focal(options)),
    withBase({epsilon: amount}).map((options) => poly(options)),
    withBase({q: fc.constantFrom(0, 0.3, 1)}).map((options) => generalizedCrossEntropy(options)),
    withBase({floor: fc.constantFrom(0.1, 1e-6)}).map((options) => reverseCrossEntropy(options)),
    fc.constant(normalizedCrossEntropy()),
    fc
      .array(fc.tuple(amount, tie('loss')), {minLength: 1, maxLength: 3})
      .filter((terms) => terms.some(([weight]) => weight > 0))
      .map(combined),
  ),
}));

describe('lossFromConfig', () => {
  it('makes any loss again, by way of JSON', async () => {
    await fc.assert(
      fc.asyncProperty(anyLoss, async (loss) => {
        const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())));
        expect(Object.getPrototypeOf(again)).toBe(Object.getPrototypeOf(loss));
        expect(again.name).toBe(loss.name);
        expect(String(again)).toBe(String(loss));
        expect(again.getConfig()).toEqual(loss.getConfig());
        expect(await read(again(labels, logits))).toEqual(await read(loss(labels, logits)));
      }),
    );
  });

  it('gives every loss a config that says all there is to say', () => {
    const lambda = {base: 10, gamma: 0.5, power: 2, min: 1};
    const loss = combined([
      [0.25, hinge({margin: 2})],
      [0, softmax({labelSmoothing: 0.1})],
      [1, combined([[3, lsoftmax({m: 2, lambda: annealedLambda(lambda)})]])],
      [0.5, asoftmax({m: 3, lambda: 7})],
      [2, focal({base: arcface({scale: 8})})],
      [2, poly()],
    ]);
    expect(loss.getConfig()).toEqual({
      name: 'combined',
      terms: [
        {weight: 0.25, loss: {name: 'hinge', margin: 2, squared: false, form: 'sum'}},
        {weight: 0, loss: {name: 'softmax', labelSmoothing: 0.1}},
        {
          weight: 1,
          loss: {name: 'combined', terms: [{weight: 3, loss: {name: 'lsoftmax', m: 2, lambda}}]},
        },
        {weight: 0.5, loss: {name: 'asoftmax', m: 3, lambda: 7}},
        {weight: 2, loss: {name: 'focal', gamma: 2, base: {name: 'arcface', margin: 0.5, scale: 8}}},
        {weight: 2, loss: {name: 'poly', epsilon: 1}},
      ],
    });
  });

  it('takes the defaults for what a config leaves out', () => {
    for (const make of [hinge, softmax, lsoftmax, asoftmax, focal, normalizedCrossEntropy]) {
      expect(lossFromConfig({name: make.name}).getConfig()).toEqual(make().getConfig());
    }
  });

  it('changes nothing in the config', () => {
    const config = combined([[1, lsoftmax({m: 2})]]).getConfig();
    const copy = structuredClone(config);
    lossFromConfig(config);
    expect(config).toEqual(copy);
  });
});

/** A constant: the least a loss can be. */
class ConstantLoss extends Loss {
  readonly #value: number;

  constructor(value: number) {
    super('constant');
    this.#value = value;
  }

  compute({batch}: LossInputs): tf.Tensor1D {
    return tf.fill([batch], this.#value);
  }

  getConfig(): LossConfig {
    return {name: this.name, value: this.#value};
  }
}

describe('lossFromConfig with losses of the user’s own', () => {
  const ownLosses = {
    constant: ({value}: {readonly [option: string]: unknown}) => new ConstantLoss(Number(value)),
  };

  it('makes them by the function under their name, given the options', async () => {
    const again = lossFromConfig(JSON.parse(JSON.stringify(new ConstantLoss(3).getConfig())), ownLosses);
    expect(again).toBeInstanceOf(ConstantLoss);
    expect(await read(again(labels, logits))).toEqual([3, 3, 3]);
  });

  it('makes them within combinations, nested too', async () => {
    const loss = combined([
      [2, new ConstantLoss(3)],
      [1, combined([[4, new ConstantLoss(5)]])],
    ]);
    const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())), ownLosses);
    expect(again).toBeInstanceOf(CombinedLoss);
    expect(again.getConfig()).toEqual(loss.getConfig());
    expect(await read(again(labels, logits))).toEqual([26, 26, 26]);
  });

  it('makes them as a base', () => {
    class Own extends ArcFaceLoss {
      override getConfig(): LossConfig {
        return {...super.getConfig(), name: 'own'};
      }
    }
    const loss = focal({base: new Own({margin: 0.3})});
    const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())), {
      own: (options) => new Own(options),
    });
    expect(again).toBeInstanceOf(FocalLoss);
    expect((again as FocalLoss).options.base).toBeInstanceOf(Own);
    expect(again.getConfig()).toEqual(loss.getConfig());
  });

  it('hands over the options without the name', () => {
    const factory = vi.fn(() => new ConstantLoss(0));
    lossFromConfig({name: 'mine', a: 1, b: [2, {c: 3}]}, {mine: factory});
    expect(factory).toHaveBeenCalledExactlyOnceWith({a: 1, b: [2, {c: 3}]});
  });

  it('lets them take the place of the package’s', () => {
    expect(lossFromConfig({name: 'hinge'}, {hinge: () => new ConstantLoss(0)})).toBeInstanceOf(ConstantLoss);
  });
});
