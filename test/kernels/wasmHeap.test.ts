/** Tensors of another backend come to the heap of wasm when a kernel asks for them, and the heap may have to grow for them. */

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {beforeEach, describe, expect, it, vi} from 'vitest';
import {planOf} from '../../src/formula/plan.js';
import {amsoftmax, arcface, asoftmax, hinge, lsoftmax, marginLogits, softmax} from '../../src/index.js';
import type {Kernels, LossAttributes} from '../../src/kernels/contract.js';
import {kernels} from '../../src/kernels/kernels.js';
import {type Part, partsOf, type TermPart} from '../../src/loss/parts.js';
import {expectClose} from '../support/expectClose.js';
import {numbersFrom, randomMatrix} from './samples.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {readonly HEAPU8: Uint8Array};
}

function heap(): ArrayBufferLike {
  return (tf.findBackend('wasm') as WasmBackend).wasm.HEAPU8.buffer;
}

const blockBytes = 2 ** 18;

/** Leaves so little of the heap free that no matrix of these tests fits. */
function fillHeap(): tf.Tensor[] {
  const block = () => tf.fill([blockBytes / 4], 1);
  const blocks: tf.Tensor[] = [];
  const [before, size] = [heap(), heap().byteLength];
  while (heap() === before) blocks.push(block());
  const grownBy = heap().byteLength - size;
  for (let left = Math.floor(grownBy / blockBytes) - 2; left > 0; left--) blocks.push(block());
  return blocks;
}

/** A matrix this long takes 4 MB, and the heap, which begins with 16, grows by 3 unless more is needed. */
const [batch, long, short] = [64, 16_000, 3];

/** A bias, two angular kinds of logits, sin θ: all inputs are needed, and all gradients there are. */
function attributesFor(classes: number): LossAttributes {
  const losses = [hinge(), softmax(), lsoftmax({m: 2, lambda: 1}), asoftmax({m: 2}), amsoftmax(), arcface()];
  const isTerm = (part: Part): part is TermPart => 'term' in part;
  const {plan, numbersAt} = planOf(losses.flatMap(partsOf).filter(isTerm), {
    hasBias: true,
    isNormalized: false,
  });
  return {plan, numbers: numbersAt({step: 0, classes})};
}

/** The same tensors every time, on the backend in use. */
function tensors(features: number, classes: number) {
  const next = numbersFrom(7);
  const products = randomMatrix(batch, classes, 1, next);
  return {
    features: randomMatrix(batch, features, 1, next),
    kernel: randomMatrix(features, classes, 0.1, next),
    products,
    logits: tf.add(products, 0.25),
    labels: tf.oneHot(tf.range(0, batch, 1, 'int32'), classes),
    upstream: tf.tensor1d(Float32Array.from({length: batch}, next)),
  };
}

type Inputs = ReturnType<typeof tensors>;
type KernelName = keyof Kernels<tf.Tensor>;

/** Each kernel, what it is asked with, and what it has to be given from the backend that it runs on. */
const calls: Record<
  KernelName,
  {
    readonly sizes: readonly [features: number, classes: number];
    readonly prepare?: (inputs: Inputs, attributes: LossAttributes) => tf.Tensor[];
    readonly run: (inputs: Inputs, attributes: LossAttributes, prepared: tf.Tensor[]) => tf.Tensor[];
  }
> = {
  loss: {
    sizes: [short, long],
    run: (inputs, attributes) => kernels().loss(inputs, attributes).slice(0, 1),
  },
  lossGradient: {
    sizes: [short, long],
    prepare: memoryOf,
    run: (inputs, attributes, memory) => kernels().lossGradient({...inputs, memory}, attributes),
  },
  featuresGradient: {
    sizes: [long, short],
    prepare: memoryOf,
    run: (inputs, attributes, memory) => kernels().featuresGradient({...inputs, memory}, attributes),
  },
  kernelGradient: {
    sizes: [long, short],
    prepare: memoryOf,
    run: (inputs, attributes, memory) =>
      kernels().kernelGradient({...inputs, dKernelNorms: tf.ones([short]), memory}, attributes),
  },
  unitColumns: {sizes: [batch, long], run: ({kernel}) => kernels().unitColumns({matrix: kernel})},
  unitColumnsGradient: {
    sizes: [batch, long],
    prepare: ({kernel}) => kernels().unitColumns({matrix: kernel}).slice(1),
    run: ({kernel, products}, _, [norms]) =>
      kernels().unitColumnsGradient({upstream: products, columns: kernel, norms: norms!}),
  },
};

function memoryOf(inputs: Inputs, attributes: LossAttributes): tf.Tensor[] {
  return kernels().loss(inputs, attributes).slice(1);
}

describe.skipIf(tf.getBackend() !== 'wasm')('a heap that grows while a kernel looks up its tensors', () => {
  // Afresh for each, since a large heap grows by a fifth of its size, in which the next matrices would fit.
  const makeBackend = tf.findBackendFactory('wasm');
  beforeEach(async () => {
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', makeBackend);
    await tf.setBackend('wasm');
  });

  it.each(Object.entries(calls))('does not matter: %s', async (_, {sizes, prepare, run}) => {
    const attributes = attributesFor(sizes[1]);
    tf.engine().startScope();
    const prepared = prepare?.(tensors(...sizes), attributes) ?? [];
    const expected = run(tensors(...sizes), attributes, prepared);
    await tf.setBackend('cpu');
    const elsewhere = tensors(...sizes);
    await tf.setBackend('wasm');
    fillHeap();
    const before = heap();
    const actual = run(elsewhere, attributes, prepared);
    expect(heap()).not.toBe(before);
    for (const [i, tensor] of actual.entries()) {
      expect(tensor.shape).toEqual(expected[i]!.shape);
      expect((await tf.all(tf.equal(tensor, expected[i]!)).data())[0]).toBe(1);
      expect((await tf.any(tf.notEqual(tensor, 0)).data())[0]).toBe(1);
    }
    tf.engine().endScope();
  });

  it('does not matter to a loss whose labels were made before wasm was chosen', async () => {
    await tf.setBackend('cpu');
    const labels = tf.oneHot(tf.fill([batch], 5, 'int32'), 60_000);
    await tf.setBackend('wasm');
    const logits = marginLogits(tf.ones([batch, 2]), tf.ones([2, 60_000]));
    const losses = lsoftmax({m: 1})(labels, logits);
    expectClose([...(await losses.data())], new Array(batch).fill(Math.log(60_000)), {relative: 1e-5});
    tf.dispose([labels, logits, losses]);
  });
});
