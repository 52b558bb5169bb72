import type {TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../../tensors/labels.js';
import type {Kernels} from '../contract.js';
import {featuresGradient, kernelGradient} from './loops/angleGradient.js';
import {computeLosses} from './loops/loss.js';
import {computeGradients} from './loops/lossGradient.js';
import {columnNorms, columnsOverNorms, unitColumnsGradient} from './loops/norms.js';
import {State} from './loops/state.js';

/** The memory of a backend whose tensors plain JavaScript reads and writes in place. */
export interface HostMemory {
  /** A new float32 tensor, whose values are yet to be written. */
  allocate(shape: number[]): TensorInfo;
  /** Brings a tensor of another backend here, for which the memory may grow and what was read of it before be void. */
  locate(tensor: TensorInfo): void;
  /** The values of a tensor that is here, in place. */
  read(tensor: TensorInfo): TypedArray;
}

/** The kernels of such a backend: the loops in `loops/` over its memory. */
export function hostKernels({allocate, locate, read}: HostMemory): Kernels<TensorInfo> {
  /** The values of tensors under the names of these; undefined for what is missing, so that all have the same shape. */
  function views<T extends object>(tensors: T): Views<T> {
    const views = {...tensors} as Record<string, TensorInfo | TypedArray | undefined>;
    // All before any is read: the place of one may be the reason that the memory grows.
    for (const name in views) if (views[name]) locate(views[name] as TensorInfo);
    for (const name in views) if (views[name]) views[name] = read(views[name] as TensorInfo);
    return views as Views<T>;
  }

  return {
    loss({logits, labels, products, perClass, features, kernel}, {plan, numbers}) {
      const [batch, classes] = logits.shape as [number, number];
      const losses = allocate([batch]);
      const state = allocate([State.size(plan, batch, classes)]);
      const arrays = views({logits, labels, products, perClass, features, kernel, losses, state});
      computeLosses(arrays, classes, labelFormOf(labels) === 'rows', plan, numbers);
      return [losses, state];
    },

    lossGradient({logits, labels, products, perClass, kernel, upstream, memory}, {plan, numbers}) {
      const classes = logits.shape[1]!;
      const dLogits = allocate(logits.shape);
      const dProducts = products && allocate(products.shape);
      const dKernelNorms = kernel && allocate([classes]);
      const results = {dLogits, dProducts, dKernelNorms};
      const arrays = views({logits, labels, products, perClass, upstream, state: memory[0]!, ...results});
      computeGradients(arrays, classes, labelFormOf(labels) === 'rows', plan, numbers);
      return Object.values(results).filter((tensor) => tensor !== undefined) as [TensorInfo];
    },

    featuresGradient({logits, products = logits, features, kernel, upstream, memory}, {plan}) {
      const result = allocate(features!.shape);
      const arrays = views({products, features, kernel, upstream, state: memory[0]!, result});
      const state = new State(arrays.state, plan, arrays.upstream.length);
      featuresGradient(arrays, state);
      return [result];
    },

    kernelGradient({logits, products = logits, features, kernel, dKernelNorms, upstream, memory}, {plan}) {
      const result = allocate(kernel!.shape);
      const arrays = views({products, features, kernel, dKernelNorms, upstream, state: memory[0]!, result});
      const state = new State(arrays.state, plan, arrays.upstream.length);
      kernelGradient(arrays, state);
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
