import {
  cast,
  divNoNan,
  equal,
  expandDims,
  floor,
  gather,
  less,
  log,
  logicalOr,
  matMul,
  maximum,
  mul,
  neg,
  pow,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {SMALLEST_SINE} from '../../formula/plan.js';
import {toClassIds, toMask} from '../../tensors/labels.js';
import type {Kernels, LossAttributes} from '../contract.js';
import {SMALLEST_NORMAL} from '../limits.js';
import {lossOutputs} from './loss.js';
import {normsOf} from './norms.js';

type Inputs<K extends 'featuresGradient' | 'kernelGradient'> = Parameters<Kernels<Tensor>[K]>[0];

/** sin θ of the angle between the features of each example and the weights of its class, [batch]; 1 where one of them is 0. */
export function sinesOf(features: Tensor, kernel: Tensor, labels: Tensor): Tensor {
  const weights = weightsOfClass(kernel, labels);
  const [ofFeatures, ofWeights] = [normsOf(features, 1), normsOf(weights, 1)];
  const sines = divNoNan(normsOf(restBeside(features, weights), 1), normsOf(scaled(weights), 1));
  return where(logicalOr(isZero(ofFeatures), isZero(ofWeights)), 1, sines);
}

/** The gradient with respect to the features, by way of ‖x‖ and of sin θ_y. */
export function featuresGradient(inputs: Inputs<'featuresGradient'>, attributes: LossAttributes): Tensor {
  const {features, kernel, labels, upstream} = inputs;
  const {dFeatureNorm, dSine} = lossOutputs(inputs, attributes).ofRows;
  const norms = normsOf(features!, 1);
  const slopes = dFeatureNorm && times(upstream, dFeatureNorm);
  const byNorm = slopes
    ? unlessZero(slopes, mul(divNoNan(features!, expandDims(norms, 1)), expandDims(slopes, 1)))
    : zerosLike(features!);
  if (!dSine) return byNorm;
  const weights = weightsOfClass(kernel!, labels);
  return sub(byNorm, byTangent(features!, weights, norms, times(upstream, dSine)));
}

/** The gradient with respect to the kernel, by way of ‖W_j‖ and of sin θ_y. */
export function kernelGradient(inputs: Inputs<'kernelGradient'>, attributes: LossAttributes): Tensor {
  const {features, kernel, labels, upstream, dKernelNorms} = inputs;
  const byNorms = mul(divNoNan(kernel!, normsOf(kernel!, 0)), dKernelNorms);
  if (!attributes.plan.needs.sine) return byNorms;
  const {dSine} = lossOutputs(inputs, attributes).ofRows;
  const classes = kernel!.shape[1]!;
  const weights = weightsOfClass(kernel!, labels);
  const byWeights = byTangent(weights, features!, normsOf(weights, 1), times(upstream, dSine!));
  const mask = cast(toMask(toClassIds(labels, classes), classes), 'float32');
  return sub(byNorms, matMul(byWeights as Tensor2D, mask, true));
}

/** A gradient that arrives for each loss, times another; 0 where the first is. */
export function times(upstream: Tensor, gradient: Tensor): Tensor {
  return where(isZero(upstream), 0, mul(upstream, gradient));
}

/** Rows that are multiples of numbers; where such a number is 0 the row is 0, whatever is NaN in it. */
function unlessZero(numbers: Tensor, rows: Tensor): Tensor {
  return where(expandDims(isZero(numbers), 1), 0, rows);
}

/** slope·cos θ/(‖v‖·‖r‖)·r, with r what remains of the others beside v: the negative gradient by v of slope·sin θ. */
function byTangent(vectors: Tensor, others: Tensor, norms: Tensor, slopes: Tensor): Tensor {
  const rest = restBeside(vectors, others);
  const cosines = divNoNan(
    sum(mul(scaled(vectors), scaled(others)), 1),
    mul(normsOf(scaled(vectors), 1), normsOf(scaled(others), 1)),
  );
  const factors = divNoNan(divNoNan(mul(slopes, cosines), normsOf(rest, 1)), norms);
  return unlessZero(slopes, mul(rest, expandDims(factors, 1)));
}

/** W_y of each example, [batch, features]; some other column where there is no class. */
function weightsOfClass(kernel: Tensor, labels: Tensor): Tensor {
  const ids = maximum(toClassIds(labels, kernel.shape[1]!), scalar(0, 'int32'));
  return transpose(gather(kernel, ids as Tensor1D, 1));
}

/**
 * What remains of each vector beside another, in the direction of which it counts nothing: b − (a·b/a·a)a, both scaled by powers of
 * two; 0 where they are parallel but for rounding. The first step is exact enough to keep the digits of a small angle; a second takes
 * away what the quotient's rounding left.
 */
function restBeside(a: Tensor, b: Tensor): Tensor {
  const [x, w] = [scaled(a), scaled(b)];
  const along = (vectors: Tensor) => expandDims(divNoNan(sum(mul(x, vectors), 1), sum(square(x), 1)), 1);
  const quotient = along(w);
  const [[qHigh, qLow], [xHigh, xLow]] = [halves(quotient), halves(x)];
  const products = [mul(qHigh, xHigh), mul(qHigh, xLow), mul(qLow, xHigh), mul(qLow, xLow)];
  const difference = products.reduce<Tensor>((rest, product) => sub(rest, product), w);
  const rest = sub(difference, mul(along(difference), x));
  return where(less(expandDims(normsOf(rest, 1), 1), SMALLEST_SINE), 0, rest);
}

/** Two numbers of half as many digits, whose sum is the number: products of such halves are exact in float32 (Dekker, 1971). */
function halves(number: Tensor): [high: Tensor, low: Tensor] {
  const shifted = mul(number, 2 ** 12 + 1);
  const high = sub(shifted, sub(shifted, number));
  return [high, sub(number, high)];
}

/** Vectors, each divided by a power of two that makes its length about 1: without rounding. */
function scaled(vectors: Tensor): Tensor {
  const norms = maximum(normsOf(vectors, 1), SMALLEST_NORMAL);
  const powers = pow(2, neg(floor(mul(log(norms), Math.LOG2E))));
  return mul(vectors, expandDims(powers, 1));
}

function isZero(numbers: Tensor): Tensor {
  return equal(numbers, 0);
}
