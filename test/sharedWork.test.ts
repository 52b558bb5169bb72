import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  asoftmax,
  combined,
  hinge,
  type Loss,
  lsoftmax,
  marginDense,
  marginLogits,
  softmax,
} from '../src/index.js';

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

/** How often each kernel runs. */
async function kernelsOf(run: () => unknown): Promise<Record<string, number>> {
  const {kernels} = await tf.profile(() =>
    tf.tidy(() => {
      run();
    }),
  );
  const counts: Record<string, number> = {};
  for (const {name} of kernels) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What runs for a piece of work: a kernel of this package, or the op it stands for on a backend without kernels. */
const hasKernels = tf.getKernel('tfjs-losses/1/sweep', tf.getBackend()) !== undefined;
const runsOf = (kernel: string, op: string) => (hasKernels ? `tfjs-losses/1/${kernel}` : op);

const marginTerms = [lsoftmax({m: 4}), asoftmax({m: 4}), lsoftmax({m: 2})];
const everything = combined([[0.5, hinge()], ...marginTerms.map((loss) => [1, loss] as const)]);

describe('a combination', () => {
  // A-Softmax ignores the bias, so its scores are a matrix of their own.
  const matrices = 2;
  const once = {
    BatchMatMul: 1,
    [runsOf('norms', 'Sqrt')]: 2,
    [runsOf('targets', 'ClipByValue')]: matrices,
    [runsOf('sweep', 'Exp')]: hasKernels ? matrices : matrices + marginTerms.length,
  };

  it('computes the logits, ‖x‖, ‖W‖ and, of each matrix of scores, cos θ_y and the exponentials once', async () => {
    expect(await kernelsOf(() => forward(everything))).toMatchObject(once);
  });

  it('is one sweep over each matrix of scores, however its terms nest', async () => {
    const twice = combined([
      [1, everything],
      [1, combined([[1, everything]])],
    ]);
    const kernels = await kernelsOf(() => forward(twice));
    expect(kernels).toMatchObject(hasKernels ? once : {...once, Exp: once.Exp! + marginTerms.length});
  });

  it('finds the true class once, however many terms look at it', async () => {
    const oneHot = tf.tensor2d([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const kernels = await kernelsOf(() => everything(oneHot, model.apply(features) as tf.Tensor));
    expect(kernels[runsOf('classIds', 'ArgMax')]).toBe(1);
  });

  it('takes two matrix products back to features and kernel, whatever the number of terms', async () => {
    const back = async (loss: Loss) => {
      const both = await kernelsOf(() => backwardToAll(loss));
      return both.BatchMatMul! - (await kernelsOf(() => forward(loss))).BatchMatMul!;
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
    const kernels = await kernelsOf(() =>
      forwardAndBackward(
        combined([
          [1, hinge()],
          [1, softmax()],
        ]),
      ),
    );
    expect(kernels).not.toHaveProperty('Sqrt');
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
    expect(await kernelsOf(() => forward(withUnused))).toEqual(await kernelsOf(() => forward(without)));
    expect(await kernelsOf(() => forwardAndBackward(withUnused))).toEqual(
      await kernelsOf(() => forwardAndBackward(without)),
    );
  });
});

describe('losses', () => {
  it('never read data back, neither forward nor backward', () => {
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
    labels.dataSync();
    expect(reads[1]).toHaveBeenCalledOnce();
    for (const read of reads) read.mockRestore();
  });
});

describe('two copies of the package', async () => {
  vi.resetModules();
  const other = await import('../src/index.js');

  it('are two', () => {
    expect(other.hinge).not.toBe(hinge);
    expect(other.hinge() instanceof hinge().constructor).toBe(false);
  });

  it('understand the logits of each other', async () => {
    const logits = model.apply(features) as tf.Tensor;
    for (const name of ['lsoftmax', 'asoftmax'] as const) {
      const options = {m: 3, lambda: 0.5};
      const own = {lsoftmax, asoftmax}[name](options)(labels, logits);
      expect(await other[name](options)(labels, logits).array()).toEqual(await own.array());
    }
  });

  it('take the losses of each other as terms, and share their work', async () => {
    const mixed = combined([
      [0.5, hinge()],
      [1, other.lsoftmax({m: 4})],
      [1, other.asoftmax({m: 4})],
      [1, lsoftmax({m: 2})],
    ]);
    const expected = await forward(everything).array();
    expect(await forward(mixed).array()).toEqual(expected);
    const kernels = await kernelsOf(() => forward(mixed));
    expect(kernels).toEqual(await kernelsOf(() => forward(everything)));
    expect(String(mixed)).toBe(String(everything));
    expect(mixed.getConfig()).toEqual(everything.getConfig());
  });

  it('write out a combination of each other as one of their own', () => {
    const inner = other.combined([[2, softmax()]]);
    expect(
      String(
        combined([
          [1, hinge()],
          [3, inner],
        ]),
      ),
    ).toBe('1·hinge(Δ=1) + 3·(2·softmax)');
  });
});
