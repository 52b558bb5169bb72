import type {TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../labels.js';
import type {Kernels} from './contract.js';
import {computeLosses} from './loops/loss.js';
import {computeGradients} from './loops/lossGradient.js';
import {columnNorms, columnsOverNorms, featuresGradient, unitColumnsGradient} from './loops/norms.js';
import {kernelNormsIn, stateSize} from './loops/state.js';

/** The memory of a backend whose tensors plain JavaScript reads and writes in place. */
export interface HostMemory {
  /** A new float32 tensor, whose values are yet to be written. */
  allocate(shape: number[]): TensorInfo;
  /** The values of a tensor, in place. */
  read(tensor: TensorInfo): TypedArray;
}

/** The kernels of such a backend: the loops in `loops/` over its memory. */
export function hostKernels({allocate, read}: HostMemory): Kernels<TensorInfo> {
  /** The values of tensors under the names of these; undefined for what is missing, so that all have the same shape. */
  function views<T extends object>(tensors: T): Views<T> {
    const arrays: Record<string, TypedArray | undefined> = {};
    const entries = Object.entries(tensors) as [string, TensorInfo | undefined][];
    for (const [name, tensor] of entries) arrays[name] = tensor && read(tensor);
    // To read a tensor of another backend moves it here, for which the heap may grow and the arrays before it be void.
    if (entries.some(([name]) => arrays[name]?.length === 0)) {
      for (const [name, tensor] of entries) arrays[name] = tensor && read(tensor);
    }
    return arrays as Views<T>;
  }

  return {
    loss({scores, labels, features, kernel, bias, products}, {terms}) {
      const [batch, classes] = scores.shape as [number, number];
      const losses = allocate([batch]);
      const state = allocate([stateSize(batch, classes, kernel !== undefined)]);
      const arrays = views({scores, labels, features, kernel, bias, products, losses, state});
      computeLosses(arrays, classes, labelFormOf(labels, classes) === 'rows', terms);
      return [losses, state];
    },

    lossGradient({scores, labels, kernel, bias, products, upstream, memory}, {terms}) {
      const classes = scores.shape[1]!;
      const byScores = allocate(scores.shape);
      const byKernelNorms = kernel && allocate([classes]);
      const byBias = bias && allocate([classes]);
      const byProducts = products && allocate(products.shape);
      const results = {byScores, byKernelNorms, byBias, byProducts};
      computeGradients(
        views({scores, labels, products, upstream, state: memory[0]!, ...results}),
        classes,
        terms,
      );
      return Object.values(results).filter((tensor) => tensor !== undefined) as [TensorInfo];
    },

    featuresGradient({features, upstream, memory}) {
      const result = allocate(features.shape);
      const arrays = views({features, upstream, state: memory[0]!, result});
      featuresGradient(arrays.features, arrays.upstream, arrays.state, arrays.result);
      return [result];
    },

    kernelGradient({kernel, byKernelNorms, memory}) {
      const result = allocate(kernel.shape);
      const arrays = views({kernel, state: memory[0]!, byKernelNorms, result});
      const norms = kernelNormsIn(arrays.state, arrays.byKernelNorms.length);
      columnsOverNorms(arrays.kernel, norms, arrays.byKernelNorms, arrays.result);
      return [result];
    },

    unitColumns({matrix}) {
      const columns = allocate(matrix.shape);
      const norms = allocate([matrix.shape[1]!]);
      const arrays = views({matrix, columns, norms});
      columnNorms(arrays.matrix, arrays.norms);
      columnsOverNorms(arrays.matrix, arrays.norms, null, arrays.columns);
      return [columns, norms];
    },

    unitColumnsGradient({upstream, columns, norms}) {
      const result = allocate(columns.shape);
      const arrays = views({upstream, columns, norms, result});
      unitColumnsGradient(arrays.upstream, arrays.columns, arrays.norms, arrays.result);
      return [result];
    },
  };
}

type Views<T> = {[K in keyof T]: T[K] extends TensorInfo ? TypedArray : TypedArray | undefined};
