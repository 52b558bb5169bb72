/** Several backends in one process. */

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import {afterAll, afterEach, describe, expect, it, vi} from 'vitest';
import {marginDense, marginLogits} from '../../src/index.js';
import {expectClose} from '../support/expectClose.js';
import {toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';
import {registerUnknownBackend} from '../support/unknownBackend.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const home = tf.getBackend();
// A browser would have to be served the binaries of the wasm backend.
const others = typeof document === 'undefined' ? ['cpu', 'wasm'] : ['cpu'];
const backends = [...new Set([home, ...others])];
afterAll(() => tf.setBackend(home));

const features = [
  [1, 2, -1],
  [0.5, -1, 2],
  [-2, 0, 1],
];

/** Reads tensors in advance: what is needed on another backend is read at once, which WebGPU cannot do everywhere. */
async function moveTo(backend: string, tensors: readonly tf.Tensor[]): Promise<void> {
  await Promise.all(tensors.map((tensor) => tensor.data()));
  await tf.setBackend(backend);
}

describe.each(Object.entries(everyLoss))('%s', (_, spec) => {
  const loss = toLoss(spec);

  it('goes on training when the model moves to another backend', async () => {
    const run = async (order: readonly string[]) => {
      await tf.setBackend(order[0]!);
      const weights = tf.tensor2d([
        [0.3, -0.2],
        [0.1, 0.4],
        [-0.5, 0.2],
      ]);
      const model = sequential({layers: [marginDense({units: 2, inputShape: [3], useBias: true})]});
      model.setWeights([weights, tf.zeros([2])]);
      const [xs, ys] = [tf.tensor2d(features), tf.tensor1d([0, 1, 0], 'int32')];
      for (const backend of order) {
        await moveTo(backend, [xs, ys, ...model.getWeights()]);
        tf.train.sgd(0.1).minimize(() => tf.mean(loss(ys, model.apply(xs, {training: true}) as tf.Tensor)));
      }
      return Promise.all(model.getWeights().map((weight) => weight.array() as Promise<number[][]>));
    };
    const moved = [...backends, ...backends];
    const stayed = moved.map(() => 'cpu');
    expectClose(await run(moved), await run(stayed), {absolute: 1e-5});
  });

  it('goes back on another backend than it came', async () => {
    await tf.setBackend(backends[0]!);
    const [x, w] = [
      tf.tensor2d(features),
      tf.tensor2d([
        [1, -1],
        [0.5, 2],
        [0, 1],
      ]),
    ];
    const ids = tf.tensor1d([0, 1, 1], 'int32');
    const gradient = (kernel: tf.Tensor, after: () => unknown) =>
      tf.grad((given: tf.Tensor) => {
        const losses = loss(ids, marginLogits(x, given));
        after();
        return losses;
      })(kernel);
    const expected = await gradient(w, () => {}).array();
    await Promise.all([x, w, ids].map((tensor) => tensor.data()));
    // Only a backend that reads at once can have its tensors taken to another one in the midst of a step.
    const [from, to] = home === 'webgpu' ? ['cpu', 'cpu'] : [backends[0]!, backends.at(-1)!];
    await tf.setBackend(from);
    const there = gradient(w, () => tf.setBackend(to));
    expectClose((await there.array()) as number[][], expected as number[][], {absolute: 1e-5});
  });
});

describe('a backend of another name', () => {
  afterEach(() => tf.setBackend(home));

  /** The names of the kernels that run, and the losses. */
  async function run() {
    const logits = marginLogits(tf.tensor2d(features), tf.ones([3, 2]));
    const ids = tf.tensor1d([0, 1, 0], 'int32');
    const {kernelNames, result} = await tf.profile(() => toLoss(everyLoss.combined)(ids, logits));
    return {kernelNames, losses: [...(await (result as tf.Tensor).data())]};
  }

  it('runs the losses on ops if it is an unknown one', async () => {
    registerUnknownBackend('unknown');
    await tf.setBackend('unknown');
    const actual = await run();
    expect(actual.kernelNames).toContain('Exp');
    await tf.setBackend('cpu');
    expectClose(actual.losses, (await run()).losses, {relative: 1e-5});
  });

  it('runs them on the kernels of the backend that it is', async () => {
    await run(); // whatever that registers, the other name must get its own
    const factory = tf.findBackendFactory(home);
    const others = tf
      .getKernelsForBackend(home)
      .filter(({kernelName}) => !kernelName.startsWith('tfjs-losses/'));
    tf.registerBackend('renamed', factory);
    for (const config of others) tf.registerKernel({...config, backendName: 'renamed'});
    const expected = await run();
    await tf.setBackend('renamed');
    const actual = await run();
    expect(actual.kernelNames.sort()).toEqual(expected.kernelNames.sort());
    expectClose(actual.losses, expected.losses, {relative: 1e-5});
  });

  it('may have copied the kernels of a backend that losses have run on', async () => {
    const expected = await run();
    tf.registerBackend('copied', tf.findBackendFactory(home));
    tf.copyRegisteredKernels(home, 'copied');
    await tf.setBackend('copied');
    const actual = await run();
    expect(actual.kernelNames).toEqual(expected.kernelNames);
    expectClose(actual.losses, expected.losses, {relative: 1e-5});
  });
});
