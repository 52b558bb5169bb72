import * as tf from '@tensorflow/tfjs-core';
import {toClassIds, toMask} from '../../tensors/labels.js';
import type {Kernels, LossAttributes} from '../contract.js';
import {byTangent, times, unlessZero, weightsOfClass} from './angle.js';
import {lossOutputs} from './loss.js';
import {normsOf} from './norms.js';

type Inputs<K extends 'featuresGradient' | 'kernelGradient'> = Parameters<Kernels<tf.Tensor>[K]>[0];

/** The gradient with respect to the features, by way of ‖x‖ and of sin θ_y. */
export function featuresGradient(inputs: Inputs<'featuresGradient'>, attributes: LossAttributes): tf.Tensor {
  const {features, kernel, labels, upstream} = inputs;
  const {dFeatureNorm, dSine} = lossOutputs(inputs, attributes).ofRows;
  const norms = normsOf(features!, 1);
  const slopes = dFeatureNorm && times(upstream, dFeatureNorm);
  const byNorm = slopes
    ? unlessZero(slopes, tf.mul(tf.divNoNan(features!, tf.expandDims(norms, 1)), tf.expandDims(slopes, 1)))
    : tf.zerosLike(features!);
  if (!dSine) return byNorm;
  const weights = weightsOfClass(kernel!, labels);
  return tf.sub(byNorm, byTangent(features!, weights, norms, times(upstream, dSine)));
}

/** The gradient with respect to the kernel, by way of ‖W_j‖ and of sin θ_y. */
export function kernelGradient(inputs: Inputs<'kernelGradient'>, attributes: LossAttributes): tf.Tensor {
  const {features, kernel, labels, upstream, dKernelNorms} = inputs;
  const byNorms = tf.mul(tf.divNoNan(kernel!, normsOf(kernel!, 0)), dKernelNorms);
  if (!attributes.plan.needs.sine) return byNorms;
  const {dSine} = lossOutputs(inputs, attributes).ofRows;
  const classes = kernel!.shape[1]!;
  const weights = weightsOfClass(kernel!, labels);
  const byWeights = byTangent(weights, features!, normsOf(weights, 1), times(upstream, dSine!));
  const mask = tf.cast(toMask(toClassIds(labels, classes), classes), 'float32');
  return tf.sub(byNorms, tf.matMul(byWeights as tf.Tensor2D, mask, true));
}
