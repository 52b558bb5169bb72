import * as tf from '@tensorflow/tfjs-core';
import type {Stream} from '../../formula/plan.js';
import type {Kernels, LossAttributes, LossBackward, LossSources} from '../contract.js';
import {times} from './angle.js';
import {excessesOver, inverse, type LossOutputs, lossOutputs} from './loss.js';
import {normsOf} from './norms.js';

/** The gradients that go with `lossOutputs`. */
export function gradientsOf(
  inputs: LossSources<tf.Tensor> & LossBackward<tf.Tensor>,
  attributes: LossAttributes,
): ReturnType<Kernels<tf.Tensor>['lossGradient']> {
  const {logits, products, kernel} = inputs;
  const {plan, numbers} = attributes;
  const outputs = lossOutputs(inputs, attributes);
  const {ofRows, streams, mask, hasGradient} = outputs;
  const upstream = tf.where(hasGradient, inputs.upstream, 0);
  const atClass = (column: tf.Tensor) => tf.where(mask, tf.expandDims(times(upstream, column), 1), 0);

  const gradients = {logits: [tf.zerosLike(logits)], products: [tf.zerosLike(logits)]};
  const alongClasses: tf.Tensor[] = [];
  plan.streams.forEach((stream, k) => {
    const gradient = gradientOfStream(stream, k, outputs, numbers, upstream);
    const {logits: ofStream, factors} = streams[k]!;
    gradients[stream.source].push(factors ? times(gradient, factors) : gradient);
    if (stream.overKernelNorm) alongClasses.push(tf.sum(times(gradient, ofStream), 0));
  });
  if (ofRows.dProduct) gradients.products.push(atClass(ofRows.dProduct));
  const results = [tf.addN(gradients.logits)];
  if (products) results.push(tf.addN(gradients.products));
  if (kernel) {
    // ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by ‖W_j‖.
    const along = tf.addN([tf.zerosLike(tf.sum(kernel, 0)), ...alongClasses]);
    const direct = ofRows.dKernelNorm ? [tf.sum(atClass(ofRows.dKernelNorm), 0)] : [];
    results.push(tf.addN([tf.neg(tf.mul(along, inverse(normsOf(kernel, 0)))), ...direct]));
  }
  return results as ReturnType<Kernels<tf.Tensor>['lossGradient']>;
}

/** With respect to the logits of a stream. */
function gradientOfStream(
  {excesses}: Stream,
  k: number,
  {losses, ofRows, streams, mask, softLabels}: LossOutputs,
  numbers: readonly number[],
  upstream: tf.Tensor,
): tf.Tensor {
  const {logits} = streams[k]!;
  const column = (name: string) => tf.expandDims(ofRows[name]!, 1);
  let ofOthers: tf.Tensor = tf.zerosLike(logits);
  if (ofRows[`factor${k}`]) {
    const exponentials = tf.exp(tf.minimum(tf.sub(logits, column(`max${k}`)), 0));
    ofOthers = tf.mul(exponentials, column(`factor${k}`));
  }
  if (ofRows[`dLead${k}`]) ofOthers = tf.sub(ofOthers, column(`dLead${k}`));
  if (softLabels) ofOthers = tf.sub(ofOthers, softLabels);
  let ofTrueClass: tf.Tensor = ofRows[`true${k}`] ?? tf.zerosLike(losses);
  if (ofRows[`dLargest${k}`]) {
    const isLargest = tf.cast(tf.equal(logits, column(`largest${k}`)), 'float32');
    ofOthers = tf.add(ofOthers, tf.mul(isLargest, column(`dLargest${k}`)));
  }
  excesses.forEach(({margin, isSquared}, h) => {
    const own = tf.sum(tf.where(mask, logits, 0), 1, true);
    const excess = tf.where(mask, 0, tf.relu(excessesOver(own, logits, numbers[margin]!)));
    const slopes = isSquared ? tf.mul(excess, 2) : tf.cast(tf.greater(excess, 0), 'float32');
    const violated = tf.mul(slopes, column(`dExcess${k}_${h}`));
    ofOthers = tf.add(ofOthers, violated);
    ofTrueClass = tf.sub(ofTrueClass, tf.sum(violated, 1));
  });
  const gradient = tf.where(mask, tf.expandDims(ofTrueClass, 1), ofOthers);
  return times(tf.expandDims(upstream, 1), gradient);
}
