/** Kernels in the registry of tfjs, which every copy of this package and every other package shares. */

import * as tf from '@tensorflow/tfjs-core';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {kernels} from '../../src/kernels/kernels.js';
import {opsKernels} from '../../src/kernels/ops/ops.js';
import {evaluate, type LossSpec, type Problem, tolerances} from '../reference/losses.js';
import {contract, expectEvaluation} from '../support/contract.js';
import {expectClose} from '../support/expectClose.js';
import {kernelCounts} from '../support/kernelCounts.js';
import {oneHot, roundToFloat32} from '../support/problems.js';
import {labelForms, runLoss, toLoss} from '../support/runLoss.js';
import {everyLoss} from '../support/specs.js';

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
afterEach(() => warn.mockClear());

const problem: Problem = roundToFloat32({
  features: [
    [1, -2, 0.5],
    [0.25, 3, -1],
    [-1, 1, 2],
  ],
  kernel: [
    [0.5, -1, 2, 0.1],
    [1, 0.3, -0.7, 0.2],
    [-0.4, 1.5, 0.6, -2],
  ],
  bias: [0.1, -0.2, 0.3, 0],
  labels: oneHot([1, 0, 3], 4),
});
const upstream = [1, -0.5, 2];

const names = Object.keys(opsKernels).map((name) => `tfjs-losses/4/${name}`);
const backend = tf.getBackend();
kernels(); // registers those of the backend in use

async function expectRight(spec: LossSpec): Promise<void> {
  for (const form of Object.keys(labelForms) as (keyof typeof labelForms)[]) {
    expectEvaluation(
      await runLoss(toLoss(spec), problem, upstream, form),
      evaluate(spec, problem, upstream),
      tolerances(spec, problem, upstream, contract),
    );
  }
}

/** What runs for a loss. */
async function kernelsThatRun(): Promise<string[]> {
  const counts = await kernelCounts(() =>
    toLoss(everyLoss.softmax)(tf.tensor1d([0], 'int32'), tf.tensor2d([[1, 2]])),
  );
  return Object.keys(counts);
}

describe('kernels that somebody unregistered', () => {
  const configs = names.map((name) => tf.getKernel(name, backend));
  afterEach(() => {
    for (const config of configs) if (!tf.getKernel(config.kernelName, backend)) tf.registerKernel(config);
  });

  it.each(names)('%s: ops take the place of all, until it is there again', async (name) => {
    expect(await kernelsThatRun()).toEqual([names[0]]);
    tf.unregisterKernel(name, backend);
    expect(await kernelsThatRun()).toContain('Exp');
    await expectRight(everyLoss.combined);

    tf.registerKernel(configs[names.indexOf(name)]!);
    expect(await kernelsThatRun()).toEqual([names[0]]);
    await expectRight(everyLoss.combined);
  });

  it('all of them', async () => {
    for (const name of names) tf.unregisterKernel(name, backend);
    expect(await kernelsThatRun()).toContain('Exp');
    for (const spec of Object.values(everyLoss)) {
      // Sine, cosine and arctangent of tfjs have four or five digits on graphics processors; those of the kernels have seven.
      if (['combinedMargin', 'magface'].includes(spec.kind) && ['webgl', 'webgpu'].includes(backend))
        continue;
      await expectRight(spec);
    }
  });

  it('between loss and gradient', async () => {
    const logits = tf.tensor2d([[1, 2]]);
    const ids = tf.tensor1d([0], 'int32');
    const loss = toLoss(everyLoss.softmax);
    const expected = await tf
      .grad((given: tf.Tensor) => loss(ids, given))(logits)
      .array();
    const actual = tf.grad((given: tf.Tensor) => {
      const losses = loss(ids, given);
      tf.unregisterKernel(names[0]!, backend);
      return losses;
    })(logits);
    expectClose((await actual.array()) as number[][], expected as number[][], {absolute: 1e-6});
  });
});

describe('a second copy of this package', () => {
  it('registers nothing anew, and works', async () => {
    const before = names.map((name) => tf.getKernel(name, backend));
    vi.resetModules();
    const other = await import('../../src/index.js');
    expect(warn).not.toHaveBeenCalled();
    expect(names.map((name) => tf.getKernel(name, backend))).toEqual(before);
    const spec = everyLoss.softmax as Extract<LossSpec, {kind: 'softmax'}>;
    expectEvaluation(
      await runLoss(other.softmax({labelSmoothing: spec.labelSmoothing}), problem, upstream),
      evaluate(spec, problem, upstream),
      tolerances(spec, problem, upstream, contract),
    );
  });
});
