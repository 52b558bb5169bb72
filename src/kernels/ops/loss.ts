import * as tf from '@tensorflow/tfjs-core';
import {type Excess, type Plan, SMALLEST_LENGTHS, type Stream} from '../../formula/plan.js';
import {runOnTensors} from '../../formula/tensors.js';
import {INVALID, labelFormOf, toClassIds, toMask, UNLABELLED} from '../../tensors/labels.js';
import type {LossAttributes, LossSources} from '../contract.js';
import {LOWEST} from '../limits.js';
import {sinesOf} from './angle.js';
import {normsOf} from './norms.js';

/** What losses and gradients are made of. */
export interface LossOutputs {
  /** The losses, [batch]. */
  readonly losses: tf.Tensor;
  /** The columns of the plan, [batch] each; as the contract has them where an example has no class or no loss. */
  readonly ofRows: Readonly<Record<string, tf.Tensor | undefined>>;
  /** The logits of the streams, [batch, classes], and what their source is multiplied by, if it is. */
  readonly streams: readonly {readonly logits: tf.Tensor; readonly factors: tf.Tensor | undefined}[];
  /** Where the true classes are, bool, [batch, classes]. */
  readonly mask: tf.Tensor;
  /** The distributions that rows of labels are, where they are no one-hot; zeros elsewhere. */
  readonly softLabels: tf.Tensor | undefined;
  /** Whether a gradient goes back, bool, [batch]. */
  readonly hasGradient: tf.Tensor;
}

export function lossesOf(inputs: LossSources<tf.Tensor>, attributes: LossAttributes): tf.Tensor {
  return lossOutputs(inputs, attributes).losses;
}

export function lossOutputs(inputs: LossSources<tf.Tensor>, {plan, numbers}: LossAttributes): LossOutputs {
  const {logits, labels, products = logits, perClass, features, kernel} = inputs;
  const [batch, classes] = logits.shape as [number, number];
  const classIds = toClassIds(labels, classes);
  const mask = toMask(classIds, classes);
  const featureNorms = features && normsOf(features, 1);
  const kernelNorms = kernel && normsOf(kernel, 0);

  const perClasses = perClass ? tf.unstack(perClass) : [];
  const ofTrueClass = (values: tf.Tensor) =>
    tf.gather(values, tf.maximum(classIds, tf.scalar(0, 'int32')) as tf.Tensor1D);

  const streams = plan.streams.map((stream) => {
    const ofOutput = stream.source === 'logits' ? logits : products;
    const source = stream.offsets === undefined ? ofOutput : tf.add(ofOutput, perClasses[stream.offsets]!);
    const factors = factorsOf(stream, featureNorms, kernelNorms, numbers);
    return {logits: factors ? tf.mul(source, factors) : source, factors};
  });
  const rows: Record<string, () => tf.Tensor> = {
    logit: () => atTrueClass(logits, mask),
    product: () => atTrueClass(products, mask),
    featureNorm: () => featureNorms!,
    kernelNorm: () => ofTrueClass(kernelNorms!),
    sine: () => sinesOf(features!, kernel!, labels),
  };
  plan.streams.forEach((stream, k) => {
    Object.assign(rows, sumsOf(stream, k, streams[k]!.logits, mask, numbers));
  });
  perClasses.forEach((values, t) => {
    rows[`perClass${t}`] = () => ofTrueClass(values);
  });
  const made = new Map<string, tf.Tensor>();
  const row = (name: string) => {
    const tensor = made.get(name) ?? rows[name]!();
    made.set(name, tensor);
    return tensor;
  };
  const {loss, ...columns} = runOnTensors(plan.program, row, numbers);
  const ofRows = Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, perRow(value, batch)]),
  );
  return withoutClass(
    {losses: perRow(loss!, batch), ofRows, streams, mask, softLabels: undefined},
    inputs,
    plan,
    numbers,
    classIds,
  );
}

/** By what the source of a stream is multiplied, [1, classes], [batch, 1] or [batch, classes]. */
function factorsOf(
  {overKernelNorm, scale}: Stream,
  featureNorms: tf.Tensor | undefined,
  kernelNorms: tf.Tensor | undefined,
  numbers: readonly number[],
): tf.Tensor | undefined {
  const ofClasses = overKernelNorm ? inverse(kernelNorms!) : undefined;
  if (scale === undefined) return ofClasses;
  const ofRows = tf.expandDims(inverse(featureNorms!), 1);
  const ofBoth = ofClasses ? tf.mul(ofRows, ofClasses) : ofRows;
  return tf.mul(tf.where(tf.lessEqual(ofBoth, 1 / SMALLEST_LENGTHS), ofBoth, 0), numbers[scale]!);
}

/** The sums of a stream over the classes but the true one, [batch] each. */
function sumsOf(
  {excesses}: Stream,
  k: number,
  logits: tf.Tensor,
  mask: tf.Tensor,
  numbers: readonly number[],
): Record<string, () => tf.Tensor> {
  const largest = () => tf.max(tf.where(mask, LOWEST, logits), 1, true);
  const exponentials = () => tf.where(mask, 0, tf.exp(tf.sub(logits, largest())));
  const ties = () => {
    const isLargest = tf.cast(tf.equal(logits, largest()), 'float32');
    return tf.sum(tf.where(mask, 0, tf.where(tf.isNaN(logits), Number.NaN, isLargest)), 1);
  };
  const own = () => tf.expandDims(atTrueClass(logits, mask), 1);
  const excess = ({margin, isSquared}: Excess) => {
    const excesses = excessesOver(own(), logits, numbers[margin]!);
    // A NaN is neither ≤ 0 nor equal to itself, so it counts and shows in the loss.
    const isNone = tf.logicalOr(tf.lessEqual(excesses, 0), tf.logicalAnd(mask, tf.equal(logits, logits)));
    return tf.sum(tf.where(isNone, 0, isSquared ? tf.square(excesses) : excesses), 1);
  };
  return {
    [`max${k}`]: () => tf.squeeze(largest(), [1]),
    [`sum${k}`]: () => tf.sum(exponentials(), 1),
    [`moment${k}`]: () => tf.sum(tf.mul(exponentials(), tf.where(mask, 0, logits)), 1),
    [`lead${k}`]: () => tf.sum(tf.div(tf.sub(own(), logits), logits.shape[1]!), 1),
    ...Object.fromEntries(excesses.map((each, h) => [`excess${k}_${h}`, () => excess(each)])),
    [`largest${k}`]: () => tf.add(tf.squeeze(largest(), [1]), tf.where(tf.isNaN(ties()), Number.NaN, 0)),
    [`ties${k}`]: ties,
  };
}

/** f_j − f_y + Δ. The logits are subtracted first, which of large ones leaves the digits that a small Δ has. */
export function excessesOver(own: tf.Tensor, logits: tf.Tensor, margin: number): tf.Tensor {
  return tf.add(tf.sub(logits, own), margin);
}

/** Brings examples without a class, or with several, into the outputs. */
function withoutClass(
  outputs: Omit<LossOutputs, 'hasGradient'>,
  {labels, logits}: LossSources<tf.Tensor>,
  {softLabels}: Plan,
  numbers: readonly number[],
  classIds: tf.Tensor,
): LossOutputs {
  const isUnlabelled = tf.equal(classIds, UNLABELLED);
  const hasClass = tf.any(outputs.mask, 1);
  const cleared = Object.fromEntries(
    Object.entries(outputs.ofRows).map(([name, column]) => [
      name,
      tf.where(hasClass, tf.where(tf.isNaN(outputs.losses), Number.NaN, column!), 0),
    ]),
  );
  const instead = tf.where(isUnlabelled, 0, Number.NaN);
  if (!softLabels || labelFormOf(labels) === 'ids') {
    return {
      ...outputs,
      losses: tf.where(hasClass, outputs.losses, instead),
      ofRows: cleared,
      hasGradient: hasClass,
    };
  }
  const labelsOfAll = tf.mul(tf.cast(labels, 'float32'), numbers[softLabels.labels]!);
  const distributions = tf.addN([labelsOfAll, evenly(logits, numbers[softLabels.evenly]!)]);
  const mass = tf.sum(distributions, 1);
  const isSoft = tf.logicalAnd(tf.equal(classIds, INVALID), tf.isFinite(mass));
  const q = tf.where(tf.expandDims(isSoft, 1), distributions, 0);
  const {max0, sum0} = {
    max0: tf.max(logits, 1),
    sum0: tf.sum(tf.exp(tf.sub(logits, tf.max(logits, 1, true))), 1),
  };
  const shortfall = tf.sum(tf.where(tf.equal(q, 0), 0, tf.mul(q, tf.sub(tf.expandDims(max0, 1), logits))), 1);
  const soft = tf.addN([tf.mul(mass, tf.log(sum0)), shortfall]);
  return {
    ...outputs,
    losses: tf.where(hasClass, outputs.losses, tf.where(isSoft, soft, instead)),
    ofRows: {
      ...cleared,
      max0: tf.where(isSoft, max0, cleared.max0!),
      factor0: tf.where(isSoft, tf.where(tf.isNaN(soft), Number.NaN, tf.div(mass, sum0)), cleared.factor0!),
    },
    softLabels: q,
    hasGradient: tf.logicalOr(hasClass, isSoft),
  };
}

function evenly(logits: tf.Tensor, share: number): tf.Tensor {
  return tf.mul(tf.onesLike(logits), share / logits.shape[1]!);
}

function perRow(value: tf.Tensor | number, batch: number): tf.Tensor {
  return typeof value === 'number' ? tf.fill([batch], value) : value;
}

/** The entry of each row at its true class, [batch]; 0 where there is none. */
function atTrueClass(matrix: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.sum(tf.where(mask, matrix, 0), 1);
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norms: tf.Tensor): tf.Tensor {
  return tf.divNoNan(tf.onesLike(norms), norms);
}
