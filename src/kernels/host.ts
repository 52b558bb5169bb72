import type {TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {findClassIds} from './loops/classIds.js';
import {
  columnNorms,
  columnsWithLengths,
  rowNorms,
  rowsWithLengths,
  unitColumnsGradient,
} from './loops/norms.js';
import {STATE_SIZE} from './loops/row.js';
import {sweep} from './loops/sweep.js';
import {sweepGradient} from './loops/sweepGradient.js';
import {computeTargets, TARGET_SIZE} from './loops/targets.js';

/** The memory of a backend whose tensors plain JavaScript reads and writes in place. */
export interface HostMemory {
  /** A new tensor, whose values are yet to be written. */
  allocate(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
  /** The values of a tensor, in place. */
  read(tensor: TensorInfo): TypedArray;
}

/** The kernels of such a backend: the loops in `loops/` over its memory. */
export function hostKernels({allocate, read}: HostMemory): Kernels<TensorInfo> {
  /** The values of tensors under the names of these; null for null. */
  function views<T extends object>(tensors: T): Views<T> {
    const arrays = {} as Record<string, TypedArray | null>;
    const readAll = () => {
      for (const [name, tensor] of Object.entries(tensors)) arrays[name] = tensor && read(tensor);
    };
    readAll();
    // To read a tensor of another backend moves it here, for which the heap may grow and the arrays before it be void.
    if (Object.values(arrays).some((array) => array?.length === 0)) readAll();
    return arrays as Views<T>;
  }

  return {
    classIds({labels}) {
      const ids = allocate([labels.shape[0]!], 'int32');
      const arrays = views({labels, ids});
      findClassIds(arrays.labels, arrays.ids);
      return [ids];
    },

    norms({matrix}, {axis}) {
      const norms = allocate([matrix.shape[1 - axis]!], 'float32');
      const arrays = views({matrix, norms});
      const compute = axis === 0 ? columnNorms : rowNorms;
      compute(arrays.matrix, arrays.norms);
      return [norms];
    },

    withLengths({matrix, norms, lengths}, {axis}) {
      const result = allocate(matrix.shape, 'float32');
      const arrays = views({matrix, norms, lengths, result});
      const compute = axis === 0 ? columnsWithLengths : rowsWithLengths;
      compute(arrays.matrix, arrays.norms, arrays.lengths, arrays.result);
      return [result];
    },

    unitColumnsGradient({upstream, columns, norms}) {
      const result = allocate(columns.shape, 'float32');
      const arrays = views({upstream, columns, norms, result});
      unitColumnsGradient(arrays.upstream, arrays.columns, arrays.norms, arrays.result);
      return [result];
    },

    targets(inputs, {margins}) {
      const targets = allocate([inputs.scores.shape[0]!, TARGET_SIZE * margins.length], 'float32');
      computeTargets(views({...inputs, targets}), margins);
      return [targets];
    },

    sweep(inputs, {terms}) {
      const batch = inputs.scores.shape[0]!;
      const losses = allocate([batch], 'float32');
      const state = allocate([batch, STATE_SIZE], 'float32');
      const arrays = views({...inputs, losses, state});
      sweep(arrays, terms, arrays.losses, arrays.state);
      return [losses, state];
    },

    sweepGradient(inputs, {terms}) {
      const [batch, classes] = inputs.scores.shape as [number, number];
      const byScores = allocate([batch, classes], 'float32');
      if (!terms.some(({kind}) => kind === 'target')) {
        const arrays = views({...inputs, byScores});
        sweepGradient(arrays, terms, {
          byScores: arrays.byScores,
          byFeatureNorms: null,
          byKernelNorms: null,
          byBias: null,
        });
        return [byScores];
      }
      const byFeatureNorms = allocate([batch], 'float32');
      const byKernelNorms = allocate([classes], 'float32');
      const byBias = allocate([classes], 'float32');
      const arrays = views({...inputs, byScores, byFeatureNorms, byKernelNorms, byBias});
      sweepGradient(arrays, terms, arrays);
      return [byScores, byFeatureNorms, byKernelNorms, byBias];
    },
  };
}

type Views<T> = {[K in keyof T]: T[K] extends TensorInfo ? TypedArray : TypedArray | null};
