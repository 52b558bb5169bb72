import * as tf from '@tensorflow/tfjs-core';
import {SMALLEST_SINE} from '../../formula/plan.js';
import {toClassIds} from '../../tensors/labels.js';
import {SMALLEST_NORMAL} from '../limits.js';
import {normsOf} from './norms.js';

/** sin θ of the angle between the features of each example and the weights of its class, [batch]; 1 where one of them is 0. */
export function sinesOf(features: tf.Tensor, kernel: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const weights = weightsOfClass(kernel, labels);
  const [ofFeatures, ofWeights] = [normsOf(features, 1), normsOf(weights, 1)];
  const sines = tf.divNoNan(normsOf(restBeside(features, weights), 1), normsOf(scaled(weights), 1));
  return tf.where(tf.logicalOr(isZero(ofFeatures), isZero(ofWeights)), 1, sines);
}

/** A gradient that arrives for each loss, times another; 0 where the first is. */
export function times(upstream: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return tf.where(isZero(upstream), 0, tf.mul(upstream, gradient));
}

/** Rows that are multiples of numbers; where such a number is 0 the row is 0, whatever is NaN in it. */
export function unlessZero(numbers: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  return tf.where(tf.expandDims(isZero(numbers), 1), 0, rows);
}

/** slope·cos θ/(‖v‖·‖r‖)·r, with r what remains of the others beside v: the negative gradient by v of slope·sin θ. */
export function byTangent(
  vectors: tf.Tensor,
  others: tf.Tensor,
  norms: tf.Tensor,
  slopes: tf.Tensor,
): tf.Tensor {
  const rest = restBeside(vectors, others);
  const cosines = tf.divNoNan(
    tf.sum(tf.mul(scaled(vectors), scaled(others)), 1),
    tf.mul(normsOf(scaled(vectors), 1), normsOf(scaled(others), 1)),
  );
  const factors = tf.divNoNan(tf.divNoNan(tf.mul(slopes, cosines), normsOf(rest, 1)), norms);
  return unlessZero(slopes, tf.mul(rest, tf.expandDims(factors, 1)));
}

/** W_y of each example, [batch, features]; some other column where there is no class. */
export function weightsOfClass(kernel: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const ids = tf.maximum(toClassIds(labels, kernel.shape[1]!), tf.scalar(0, 'int32'));
  return tf.transpose(tf.gather(kernel, ids as tf.Tensor1D, 1));
}

/**
 * What remains of each vector beside another, in the direction of which it counts nothing: b − (a·b/a·a)a, both scaled by powers of
 * two; 0 where they are parallel but for rounding. The first step is exact enough to keep the digits of a small angle; a second takes
 * away what the quotient's rounding left.
 */
function restBeside(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [x, w] = [scaled(a), scaled(b)];
  const along = (vectors: tf.Tensor) =>
    tf.expandDims(tf.divNoNan(tf.sum(tf.mul(x, vectors), 1), tf.sum(tf.square(x), 1)), 1);
  const quotient = along(w);
  const [[qHigh, qLow], [xHigh, xLow]] = [halves(quotient), halves(x)];
  const products = [tf.mul(qHigh, xHigh), tf.mul(qHigh, xLow), tf.mul(qLow, xHigh), tf.mul(qLow, xLow)];
  const difference = products.reduce<tf.Tensor>((rest, product) => tf.sub(rest, product), w);
  const rest = tf.sub(difference, tf.mul(along(difference), x));
  return tf.where(tf.less(tf.expandDims(normsOf(rest, 1), 1), SMALLEST_SINE), 0, rest);
}

/** Two numbers of half as many digits, whose sum is the number: products of such halves are exact in float32 (Dekker, 1971). */
function halves(number: tf.Tensor): [high: tf.Tensor, low: tf.Tensor] {
  const shifted = tf.mul(number, 2 ** 12 + 1);
  const high = tf.sub(shifted, tf.sub(shifted, number));
  return [high, tf.sub(number, high)];
}

/** Vectors, each divided by a power of two that makes its length about 1: without rounding. */
function scaled(vectors: tf.Tensor): tf.Tensor {
  const norms = tf.maximum(normsOf(vectors, 1), SMALLEST_NORMAL);
  const powers = tf.pow(2, tf.neg(tf.floor(tf.mul(tf.log(norms), Math.LOG2E))));
  return tf.mul(vectors, tf.expandDims(powers, 1));
}

function isZero(numbers: tf.Tensor): tf.Tensor {
  return tf.equal(numbers, 0);
}
