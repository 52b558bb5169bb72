/** The kernels in plain JavaScript over memory that moves. */

import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {type HostMemory, hostKernels} from '../../src/kernels/host/host.js';

const bytesPerNumber = 4;

/** A heap as WebAssembly has it: when it grows, all arrays over it become empty. */
class GrowingHeap implements HostMemory {
  readonly #memory = new WebAssembly.Memory({initial: 1});
  readonly #places = new Map<object, number>();
  readonly #elsewhere = new Set<object>();
  #end = 0;

  allocate(shape: number[]): TensorInfo {
    const dataId = {};
    this.#places.set(dataId, this.#end);
    this.#end += bytesPerNumber * util.sizeFromShape(shape);
    return {dataId, shape, dtype: 'float32'};
  }

  read({dataId, shape}: TensorInfo): Float32Array {
    if (this.#elsewhere.delete(dataId)) this.#memory.grow(1);
    return new Float32Array(this.#memory.buffer, this.#places.get(dataId), util.sizeFromShape(shape));
  }

  tensor(shape: number[], values: number[]): TensorInfo {
    const made = this.allocate(shape);
    this.read(made).set(values);
    return made;
  }

  /** The heap will grow when this one is read the next time. */
  moveAway({dataId}: TensorInfo): void {
    this.#elsewhere.add(dataId);
  }
}

const terms = [{kind: 'softmax', weight: 1, labelSmoothing: 0} as const];

function lossAndGradient(moved: 'scores' | 'labels' | 'upstream' | 'memory' | null): number[] {
  const heap = new GrowingHeap();
  const kernels = hostKernels({
    allocate: (shape) => heap.allocate(shape),
    read: (tensor) => heap.read(tensor),
  });
  const inputs = {
    scores: heap.tensor([2, 3], [1, 2, 3, -1, 0, 1]),
    labels: heap.tensor([2, 3], [1, 0, 0, 0, 0, 1]),
  };
  if (moved === 'scores' || moved === 'labels') heap.moveAway(inputs[moved]);
  const [losses, ...memory] = kernels.loss(inputs, {terms});
  const upstream = heap.tensor([2], [1, 2]);
  if (moved === 'upstream') heap.moveAway(upstream);
  if (moved === 'memory') heap.moveAway(memory[0]!);
  const [byScores] = kernels.lossGradient({...inputs, upstream, memory}, {terms});
  return [...heap.read(losses), ...heap.read(byScores)];
}

describe('a heap that grows while a kernel looks up its tensors', () => {
  it.each(['scores', 'labels', 'upstream', 'memory'] as const)('does not matter: %s', (moved) => {
    expect(lossAndGradient(moved)).toEqual(lossAndGradient(null));
  });

  it('has the losses of the formula', () => {
    expect(lossAndGradient(null).slice(0, 2)).toEqual([expect.closeTo(2.4076), expect.closeTo(0.4076)]);
  });
});
