import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  amsoftmax,
  arcface,
  asoftmax,
  combined,
  combinedMargin,
  focal,
  generalizedCrossEntropy,
  hinge,
  type Loss,
  lsoftmax,
  magface,
  marginDense,
  marginLogits,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from '../src/index.js';
import {backendKind} from '../src/tensors/backendKind.js';
import {kernelCounts} from './support/kernelCounts.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const labels = tf.tensor1d([0, 2, 1, 0], 'int32');
const features = tf.tensor2d([
  [1, 2, -1],
  [0.5, -1, 2],
  [-2, 0, 1],
  [1, 1, 1],
]);
const model = sequential({layers: [marginDense({units: 3, useBias: true, inputShape: [3]})]});

const forward = (loss: Loss) => loss(labels, model.apply(features) as tf.Tensor);
const forwardAndBackward = (loss: Loss) => tf.variableGrads(() => tf.sum(forward(loss)));
const backwardToAll = (loss: Loss) =>
  tf.valueAndGrads((x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
    tf.sum(loss(labels, marginLogits(x as tf.Tensor2D, kernel as tf.Tensor2D, {bias: bias as tf.Tensor1D}))),
  )([features, ...model.getWeights()]);

/** Whether one kernel of this package does the work of a loss, on a backend that has them; if not, it is ops that run. */
const hasKernels = backendKind() !== null;

const marginTerms = [lsoftmax({m: 4}), asoftmax({m: 4}), lsoftmax({m: 2})];
const everything = combined([[0.5, hinge()], ...marginTerms.map((loss) => [1, loss] as const)]);

describe('a combination', () => {
  // A-Softmax ignores the bias, so its exponentials are others than L-Softmax's; each margin has two more of its own.
  const once = hasKernels
    ? {BatchMatMul: 1, 'tfjs-losses/4/loss': 1}
    : {BatchMatMul: 1, Sqrt: 2, Minimum: 1, Exp: 2 + marginTerms.length};

  it('computes the logits, ‖x‖, ‖W‖ cos θ_y and the exponentials once', async () => {
    expect(await kernelCounts(() => forward(everything))).toMatchObject(once);
  });

  it('is one kernel, however its terms nest', async () => {
    const twice = combined([
      [1, everything],
      [1, combined([[1, everything]])],
    ]);
    const kernels = await kernelCounts(() => forward(twice));
    expect(kernels).toMatchObject(hasKernels ? once : {...once, Exp: 2 + 2 * marginTerms.length});
  });

  it.skipIf(!hasKernels)(
    'is one kernel forward and one of each kind back, with cosine losses too',
    async () => {
      const withCosines = combined([
        [1, everything],
        [0.1, softmax()],
        [0.2, amsoftmax()],
        [0.3, arcface({margin: 0.2})],
        [0.4, normalizedSoftmax({scale: 10})],
        [0.5, combinedMargin({m1: 1.1})],
        [0.1, magface({minNorm: 1})],
        [0.2, focal({base: arcface()})],
        [0.3, poly()],
        [0.4, generalizedCrossEntropy({base: asoftmax()})],
        [0.5, reverseCrossEntropy()],
        [0.6, normalizedCrossEntropy()],
      ]);
      const kernels = await kernelCounts(() => backwardToAll(withCosines));
      const ours = Object.entries(kernels).filter(([name]) => name.startsWith('tfjs-losses/'));
      expect(Object.fromEntries(ours)).toEqual({
        'tfjs-losses/4/loss': 1,
        'tfjs-losses/4/lossGradient': 1,
        'tfjs-losses/4/featuresGradient': 1,
        'tfjs-losses/4/kernelGradient': 1,
      });
    },
  );

  it('finds the true class once, however many terms look at it', async () => {
    const oneHot = tf.tensor2d([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const kernels = await kernelCounts(() => everything(oneHot, model.apply(features) as tf.Tensor));
    expect(kernels).toMatchObject(hasKernels ? once : {...once, ArgMax: 1});
  });

  it('takes two matrix products back to features and kernel, whatever the number of terms', async () => {
    const back = async (loss: Loss) => {
      const both = await kernelCounts(() => backwardToAll(loss));
      return both.BatchMatMul! - (await kernelCounts(() => forward(loss))).BatchMatMul!;
    };
    expect(await back(hinge())).toBe(2);
    expect(await back(everything)).toBe(2);
    expect(
      await back(
        combined([
          [1, everything],
          [1, softmax()],
        ]),
      ),
    ).toBe(2);
  });

  it('computes no norm that no term needs', async () => {
    const plain = combined([
      [1, hinge()],
      [1, softmax()],
    ]);
    if (!hasKernels) {
      expect(await kernelCounts(() => forwardAndBackward(plain))).not.toHaveProperty('Sqrt');
      return;
    }
    const {kernels} = await tf.profile(() => tf.tidy(() => forward(plain)));
    const {inputShapes} = kernels.find(({name}) => name === 'tfjs-losses/4/loss')!;
    expect(inputShapes).toEqual([[4, 3], [4]]); // logits and labels
  });

  it('runs no kernel for a term of weight 0', async () => {
    const [hinges, softmaxes] = [hinge(), softmax()];
    const without = combined([
      [1, hinges],
      [2, softmaxes],
    ]);
    const withUnused = combined([
      [1, hinges],
      [0, everything],
      [2, softmaxes],
      [0, marginTerms[0]!],
    ]);
    expect(await kernelCounts(() => forward(withUnused))).toEqual(await kernelCounts(() => forward(without)));
    expect(await kernelCounts(() => forwardAndBackward(withUnused))).toEqual(
      await kernelCounts(() => forwardAndBackward(without)),
    );
  });
});

describe('losses', () => {
  it('never read data back, neither forward nor backward', async () => {
    const engine = tf.engine();
    const reads = [vi.spyOn(engine, 'read'), vi.spyOn(engine, 'readSync')];
    tf.tidy(() => backwardToAll(everything));
    tf.tidy(() =>
      backwardToAll(
        combined([
          [1, softmax({labelSmoothing: 0.1})],
          [1, everything],
        ]),
      ),
    );
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    await labels.data();
    expect(reads[0]).toHaveBeenCalledOnce();
    for (const read of reads) read.mockRestore();
  });
});
