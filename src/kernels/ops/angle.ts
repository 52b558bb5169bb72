import {
  divNoNan,
  equal,
  expandDims,
  floor,
  gather,
  less,
  log,
  logicalOr,
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
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import {SMALLEST_SINE} from '../../formula/plan.js';
import {toClassIds} from '../../tensors/labels.js';
import {SMALLEST_NORMAL} from '../limits.js';
import {normsOf} from './norms.js';

/** sin θ of the angle between the features of each example and the weights of its class, [batch]; 1 where one of them is 0. */
export function sinesOf(features: Tensor, kernel: Tensor, labels: Tensor): Tensor {
  const weights = weightsOfClass(kernel, labels);
  const [ofFeatures, ofWeights] = [normsOf(features, 1), normsOf(weights, 1)];
  const sines = divNoNan(normsOf(restBeside(features, weights), 1), normsOf(scaled(weights), 1));
  return where(logicalOr(isZero(ofFeatures), isZero(ofWeights)), 1, sines);
}

/** A gradient that arrives for each loss, times another; 0 where the first is. */
export function times(upstream: Tensor, gradient: Tensor): Tensor {
  return where(isZero(upstream), 0, mul(upstream, gradient));
}

/** Rows that are multiples of numbers; where such a number is 0 the row is 0, whatever is NaN in it. */
export function unlessZero(numbers: Tensor, rows: Tensor): Tensor {
  return where(expandDims(isZero(numbers), 1), 0, rows);
}

/** slope·cos θ/(‖v‖·‖r‖)·r, with r what remains of the others beside v: the negative gradient by v of slope·sin θ. */
export function byTangent(vectors: Tensor, others: Tensor, norms: Tensor, slopes: Tensor): Tensor {
  const rest = restBeside(vectors, others);
  const cosines = divNoNan(
    sum(mul(scaled(vectors), scaled(others)), 1),
    mul(normsOf(scaled(vectors), 1), normsOf(scaled(others), 1)),
  );
  const factors = divNoNan(divNoNan(mul(slopes, cosines), normsOf(rest, 1)), norms);
  return unlessZero(slopes, mul(rest, expandDims(factors, 1)));
}

/** W_y of each example, [batch, features]; some other column where there is no class. */
export function weightsOfClass(kernel: Tensor, labels: Tensor): Tensor {
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
