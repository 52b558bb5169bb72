import * as tf from '@tensorflow/tfjs-core';
// Module by module, not from the index: that would bring tfjs-layers along and with it the gradients of all
// ops.
import {amsoftmax} from '../../src/amsoftmax.js';
import {arcface} from '../../src/arcface.js';
import {asoftmax} from '../../src/asoftmax.js';
import {combined} from '../../src/combined.js';
import {combinedMargin} from '../../src/combinedMargin.js';
import {focal} from '../../src/focal.js';
import {generalizedCrossEntropy} from '../../src/generalizedCrossEntropy.js';
import {marginLogits} from '../../src/head/marginLogits.js';
import {hinge} from '../../src/hinge.js';
import {ldam} from '../../src/ldam.js';
import {logitAdjusted} from '../../src/logitAdjusted.js';
import type {Loss} from '../../src/loss/loss.js';
import {lsoftmax} from '../../src/lsoftmax.js';
import {magface} from '../../src/magface.js';
import {normalizedCrossEntropy} from '../../src/normalizedCrossEntropy.js';
import {normalizedSoftmax} from '../../src/normalizedSoftmax.js';
import {poly} from '../../src/poly.js';
import {reverseCrossEntropy} from '../../src/reverseCrossEntropy.js';
import {softmax} from '../../src/softmax.js';
import type {Evaluation, LossSpec, ProbabilitySpec, Problem} from '../reference/losses.js';
import type {Matrix} from '../reference/vectors.js';

/** The library's loss for a description. */
export function toLoss(spec: LossSpec): Loss {
  switch (spec.kind) {
    case 'hinge':
      return hinge(optionsOf(spec));
    case 'softmax':
      return softmax(optionsOf(spec));
    case 'lsoftmax':
      return lsoftmax(optionsOf(spec));
    case 'asoftmax':
      return asoftmax(optionsOf(spec));
    case 'normalizedSoftmax':
      return normalizedSoftmax(optionsOf(spec));
    case 'amsoftmax':
      return amsoftmax(optionsOf(spec));
    case 'arcface':
      return arcface(optionsOf(spec));
    case 'combinedMargin':
      return combinedMargin(optionsOf(spec));
    case 'logitAdjusted':
      return logitAdjusted(optionsOf(spec));
    case 'ldam':
      return ldam(optionsOf(spec));
    case 'magface':
      return magface(optionsOf(spec));
    case 'focal':
      return focal({gamma: spec.gamma, ...baseOf(spec)});
    case 'poly':
      return poly({epsilon: spec.epsilon, ...baseOf(spec)});
    case 'generalizedCrossEntropy':
      return generalizedCrossEntropy({q: spec.q, ...baseOf(spec)});
    case 'reverseCrossEntropy':
      return reverseCrossEntropy({floor: spec.floor, ...baseOf(spec)});
    case 'normalizedCrossEntropy':
      return normalizedCrossEntropy();
    case 'custom':
      throw new TypeError('a loss of a user’s own is given beside its description');
    case 'combined':
      return combined(spec.terms.map(([weight, loss]) => [weight, toLoss(loss)]));
  }
}

function optionsOf<S extends LossSpec>({kind: _, ...options}: S): Omit<S, 'kind'> {
  return options;
}

function baseOf({base}: ProbabilitySpec): {base?: Loss} {
  return base ? {base: toLoss(base)} : {};
}

/** The forms in which a loss takes hard labels. A single class has ids [batch] only. */
export const labelForms = {
  'one-hot float32': (labels: Matrix) => (isOneClass(labels) ? idsOf(labels) : toTensor(labels)),
  'one-hot int32': (labels: Matrix) => (isOneClass(labels) ? idsOf(labels) : toTensor(labels, 'int32')),
  'class ids [batch]': idsOf,
  'class ids [batch], float32': (labels: Matrix) => tf.tensor1d(classIds(labels), 'float32'),
  'class ids [batch, 1]': (labels: Matrix) =>
    isOneClass(labels) ? idsOf(labels) : tf.tensor2d(classIds(labels), [labels.length, 1], 'int32'),
};

/** One of them. */
export type LabelForm = keyof typeof labelForms;

/**
 * The library's losses and their gradients, read back to plain numbers in the form of the oracle's. Without a
 * bias in the problem, the gradient with respect to it is the empty vector.
 */
export async function runLoss(
  loss: Loss,
  problem: Problem,
  upstream: readonly number[],
  labelForm: LabelForm = 'one-hot float32',
): Promise<Evaluation> {
  const {value, grads} = tf.tidy(() => {
    const labels = labelForms[labelForm](problem.labels);
    const inputs = [toTensor(problem.features), toTensor(problem.kernel)];
    const bias = problem.bias ? [tf.tensor1d([...problem.bias])] : [];
    const normalizeKernel = problem.normalizeKernel ?? false;
    return tf.valueAndGrads((...args: tf.Tensor[]) => {
      const [x, w, b] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D?];
      return loss(labels, marginLogits(x, w, b ? {bias: b, normalizeKernel} : {normalizeKernel}));
    })([...inputs, ...bias], tf.tensor1d([...upstream]));
  });
  return {
    losses: await read<number[]>(value),
    features: await read<number[][]>(grads[0]!),
    kernel: await read<number[][]>(grads[1]!),
    bias: grads[2] ? await read<number[]>(grads[2]) : [],
  };
}

/** The losses of plain logits, without geometry, and their gradient with respect to the logits. */
export async function runOnLogits(
  loss: Loss,
  logits: Matrix,
  labels: Matrix,
  upstream: readonly number[],
): Promise<{losses: number[]; logits: number[][]}> {
  const {value, grad} = tf.tidy(() => {
    const target = labelForms['one-hot float32'](labels);
    return tf.valueAndGrad((scores: tf.Tensor2D) => loss(target, scores))(
      toTensor(logits),
      tf.tensor1d([...upstream]),
    );
  });
  return {losses: await read<number[]>(value), logits: await read<number[][]>(grad)};
}

/** A tensor's numbers, nested like its shape. The tensor is disposed of. */
export async function read<T>(tensor: tf.Tensor): Promise<T> {
  const numbers = await tensor.array();
  tensor.dispose();
  return numbers as T;
}

/** A matrix as a tensor. */
export function toTensor(matrix: Matrix, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor2D {
  return tf.tensor2d(
    matrix.map((row) => [...row]),
    undefined,
    dtype,
  );
}

function isOneClass(labels: Matrix): boolean {
  return labels[0]?.length === 1;
}

function idsOf(labels: Matrix): tf.Tensor1D {
  return tf.tensor1d(classIds(labels), 'int32');
}

function classIds(labels: Matrix): number[] {
  return labels.map((row) => row.indexOf(1));
}
