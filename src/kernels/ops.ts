import {
  abs,
  add,
  any,
  argMax,
  cast,
  clipByValue,
  div,
  divNoNan,
  equal,
  expandDims,
  gather,
  less,
  logicalAnd,
  max,
  mul,
  scalar,
  sqrt,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  where,
} from '@tensorflow/tfjs-core';
import {tensors} from '../arithmetic.js';
import {marginEffect} from '../margin.js';
import type {Kernels} from './contract.js';
import {SMALLEST_NORMAL} from './loops/norms.js';
import {sweep} from './ops/sweep.js';
import {sweepGradient} from './ops/sweepGradient.js';
import {atTrueClass, clippedIds, inverse, maskOf} from './ops/trueClass.js';

/** The kernels as compositions of tfjs's ops, for backends that have none. */
export const opsKernels: Kernels<Tensor> = {
  classIds({labels}) {
    const values = cast(labels, 'float32');
    const isOneHot = logicalAnd(equal(max(values, 1), 1), equal(sum(abs(values), 1), 1));
    return [where(isOneHot, argMax(values, 1), scalar(-1, 'int32'))];
  },

  /** ‖v‖ = M·√Σ(v_i/M)² with M = max|v_i|, so that no square overflows or vanishes in float32. */
  norms({matrix}, {axis}) {
    const largest = max(abs(matrix), axis, true);
    const scaled = div(matrix, where(less(largest, SMALLEST_NORMAL), 1, largest));
    const norms = mul(squeeze(largest, [axis]), sqrt(sum(square(scaled), axis)));
    return [where(less(norms, SMALLEST_NORMAL), 0, norms)];
  },

  withLengths({matrix, norms, lengths}, {axis}) {
    return [mul(divNoNan(matrix, expandDims(norms, axis)), expandDims(lengths, axis))];
  },

  unitColumnsGradient({upstream, columns, norms}) {
    const along = sum(mul(columns, upstream), 0);
    return [divNoNan(sub(upstream, mul(columns, along)), norms)];
  },

  targets({scores, products, classIds, featureNorms, kernelNorms}, {margins}) {
    const classes = kernelNorms.shape[0]!;
    const mask = maskOf(classIds, classes);
    const score = atTrueClass(scores, mask);
    const kernelNorm = gather(kernelNorms, clippedIds(classIds, classes)) as Tensor1D;
    const lengths = mul<Tensor1D>(featureNorms, kernelNorm);
    const cosine = clipByValue(divNoNan(atTrueClass(products, mask), lengths), -1, 1) as Tensor1D;
    const columns = margins.flatMap(({m, share, scaled, withKernelNorm}) => {
      const {gain, byProduct, byLength} = marginEffect(tensors, cosine, m, share);
      const plain = scaled ? mul(score, inverse(kernelNorm)) : score;
      return [add(plain, mul(withKernelNorm ? lengths : featureNorms, gain)), byProduct, byLength];
    });
    return [where(any(mask, 1, true), stack(columns, 1), Number.NaN)];
  },

  sweep,
  sweepGradient,
};
