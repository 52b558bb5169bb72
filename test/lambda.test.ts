import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {
  type AnnealedLambdaOptions,
  annealedLambda,
  asoftmax,
  lossFromConfig,
  lsoftmax,
  marginDense,
  marginLogits,
  softmax,
} from '../src/index.js';
import {expectClose} from './support/expectClose.js';
import {read} from './support/runLoss.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

describe('annealedLambda', () => {
  // base·(1 + gamma·t)^(−power), worked out with 30 digits.
  const recipes: Record<string, {options: AnnealedLambdaOptions; values: [step: number, lambda: number][]}> =
    {
      'SphereFace, m = 4': {
        options: {base: 1000, gamma: 0.12, power: 1, min: 5},
        values: [
          [0, 1000],
          [1, 892.857142857143],
          [10, 454.545454545455],
          [100, 76.9230769230769],
          [1658, 5.00100020004001],
          [1659, 5],
          [1e12, 5],
        ],
      },
      'L-Softmax, MNIST': {
        options: {base: 1000, gamma: 2.5e-5, power: 35, min: 0},
        values: [
          [0, 1000],
          [1000, 421.371066383674],
          [5000, 16.2054731024043],
          [10000, 0.405648192073033],
          [20000, 6.86761488177325e-4],
        ],
      },
      'a square root': {
        options: {base: 6, gamma: 1, power: 0.5, min: 1.5},
        values: [
          [0, 6],
          [3, 3],
          [8, 2],
          [24, 1.5],
        ],
      },
      'no decay': {
        options: {base: 2, gamma: 0, power: 3, min: 0},
        values: [
          [0, 2],
          [1000, 2],
        ],
      },
    };

  describe.each(Object.entries(recipes))('%s', (_, {options, values}) => {
    it.each(values)('is right at step %d', (step, expected) => {
      expectClose(annealedLambda(options)(step), expected, {relative: 1e-12});
    });

    it('can be made again from its config', () => {
      const config = annealedLambda(options).getConfig();
      expect(config).toEqual(options);
      const again = annealedLambda(JSON.parse(JSON.stringify(config)));
      for (const [step] of values) expect(again(step)).toBe(annealedLambda(options)(step));
    });
  });

  describe('by the number of steps', () => {
    it.each([
      [{min: 5, steps: 1000}, 500],
      [{base: 100, min: 1, steps: 7}, 3.5],
    ])(
      'reaches its minimum after half of them: %o',
      (options: AnnealedLambdaOptions & {min: number}, half) => {
        const lambda = annealedLambda(options);
        expect(lambda(0)).toBe(options.base ?? 1000);
        expectClose(lambda(half), options.min, {relative: 1e-12});
        expect(lambda(half * 0.98)).toBeGreaterThan(options.min * 1.01);
        expect(lambda(half * 1.02)).toBe(options.min);
      },
    );

    it('falls as 1/(1 + gamma·t)', () => {
      const gamma = (1000 / 5 - 1) / 500;
      const byGamma = annealedLambda({gamma, min: 5});
      for (const step of [0, 1, 100, 499, 501]) {
        expectClose(annealedLambda({min: 5, steps: 1000})(step), byGamma(step), {relative: 1e-12});
      }
    });

    it('comes back from its config, alone and in a loss', () => {
      const lambda = annealedLambda({min: 5, steps: 1000});
      expect(lambda.getConfig()).toEqual({base: 1000, steps: 1000, min: 5});
      const loss = lsoftmax({m: 2, lambda});
      expect(String(loss)).toBe('lsoftmax(m=2, λ=annealed(base=1000, steps=1000, min=5))');
      const again = lossFromConfig(JSON.parse(JSON.stringify(loss.getConfig())));
      expect(again.getConfig()).toEqual(loss.getConfig());
      expect(String(again)).toBe(String(loss));
    });
  });

  it('fills in the defaults of each option by itself', () => {
    const defaults = annealedLambda().getConfig();
    expect(Object.keys(defaults)).toEqual(['base', 'gamma', 'power', 'min']);
    for (const [name, value] of Object.entries(defaults)) {
      expect(annealedLambda({[name]: value + 1}).getConfig()).toEqual({...defaults, [name]: value + 1});
    }
  });

  it('is the default of lsoftmax and asoftmax', () => {
    const lambda = annealedLambda().getConfig();
    expect(lsoftmax().getConfig()).toEqual({name: 'lsoftmax', m: 4, lambda});
    expect(asoftmax().getConfig()).toEqual({name: 'asoftmax', m: 4, lambda});
  });

  it('falls to its minimum and never below, whatever the options', () => {
    const amount = fc.double({min: 0, max: 1e6, noNaN: true});
    const step = fc.integer({min: 0, max: 2 ** 31});
    fc.assert(
      fc.property(
        fc
          .record({gamma: amount, power: amount, bounds: fc.tuple(amount, amount)})
          .map(({bounds, ...rest}) => ({...rest, min: Math.min(...bounds), base: Math.max(...bounds)})),
        step,
        step,
        (options, a, b) => {
          const lambda = annealedLambda(options);
          const [early, late] = [lambda(Math.min(a, b)), lambda(Math.max(a, b))];
          const rounding = 1 + 1e-12;
          expect(late).toBeLessThanOrEqual(early * rounding);
          expect(late).toBeGreaterThanOrEqual(options.min);
          expect(early).toBeLessThanOrEqual(options.base);
        },
      ),
    );
  });
});

describe.each(Object.entries({lsoftmax, asoftmax}))('the λ of %s', (_, make) => {
  const features = tf.tensor2d([
    [1, 2],
    [-0.5, 1],
  ]);
  const kernel = tf.tensor2d([
    [1, -1, 0.5],
    [-2, 0.3, 1],
  ]);
  const labels = tf.tensor1d([0, 2], 'int32');

  it('is read at the step of the logits', async () => {
    const lambda = vi.fn((step: number) => 2 ** step);
    const loss = make({m: 3, lambda});
    for (const step of [0, 1, 7]) {
      const logits = marginLogits(features, kernel, {step});
      expect(await read(loss(labels, logits))).toEqual(
        await read(make({m: 3, lambda: 2 ** step})(labels, logits)),
      );
    }
    await read(loss(labels, marginLogits(features, kernel)));
    expect(lambda.mock.calls).toEqual([[0], [1], [7], [0]]);
  });

  it('is read at the step of the layer', async () => {
    const lambda = vi.fn((_step: number) => 1);
    const loss = make({m: 3, lambda});
    const layer = marginDense({units: 3, inputShape: [2], step: 5});
    const model = sequential({layers: [layer]});
    const run = (training: boolean) => read(loss(labels, model.apply(features, {training}) as tf.Tensor));
    await run(true);
    await run(true);
    await run(false);
    layer.step = 0;
    await run(false);
    expect(lambda.mock.calls).toEqual([[5], [6], [7], [0]]);
  });

  it('changes the loss: none is the whole margin, a huge one is none', async () => {
    const normalizeKernel = true;
    const at = (lambda: number) =>
      read<number[]>(make({m: 4, lambda})(labels, marginLogits(features, kernel, {normalizeKernel})));
    const [whole, half, none] = [await at(0), await at(1), await at(1e6)];
    const plain = await read<number[]>(softmax()(labels, marginLogits(features, kernel, {normalizeKernel})));
    expectClose(none, plain, {relative: 1e-4});
    for (const example of [0, 1]) {
      expect(whole[example]).toBeGreaterThan(half[example]!);
      expect(half[example]).toBeGreaterThan(none[example]!);
    }
  });
});
