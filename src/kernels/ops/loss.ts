import {
  add,
  addN,
  any,
  cast,
  div,
  divNoNan,
  equal,
  exp,
  expandDims,
  fill,
  gather,
  isFinite as isFiniteTensor,
  isNaN as isNaNTensor,
  lessEqual,
  log,
  logicalAnd,
  logicalOr,
  max,
  maximum,
  mul,
  onesLike,
  scalar,
  squeeze,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  where,
} from '@tensorflow/tfjs-core';
import {type Plan, SMALLEST_LENGTHS, type Stream} from '../../formula/plan.js';
import {runOnTensors} from '../../formula/tensors.js';
import {INVALID, labelFormOf, toClassIds, toMask, UNLABELLED} from '../../tensors/labels.js';
import type {LossAttributes, LossSources} from '../contract.js';
import {LOWEST} from '../limits.js';
import {sinesOf} from './angle.js';
import {normsOf} from './norms.js';

/** What losses and gradients are made of. */
export interface LossOutputs {
  /** The losses, [batch]. */
  readonly losses: Tensor;
  /** The columns of the plan, [batch] each; as the contract has them where an example has no class or no loss. */
  readonly ofRows: Readonly<Record<string, Tensor | undefined>>;
  /** The logits of the streams, [batch, classes], and what their source is multiplied by, if it is. */
  readonly streams: readonly {readonly logits: Tensor; readonly factors: Tensor | undefined}[];
  /** Where the true classes are, bool, [batch, classes]. */
  readonly mask: Tensor;
  /** The distributions that rows of labels are, where they are no one-hot; zeros elsewhere. */
  readonly softLabels: Tensor | undefined;
  /** Whether a gradient goes back, bool, [batch]. */
  readonly hasGradient: Tensor;
}

export function lossesOf(inputs: LossSources<Tensor>, attributes: LossAttributes): Tensor {
  return lossOutputs(inputs, attributes).losses;
}

export function lossOutputs(inputs: LossSources<Tensor>, {plan, numbers}: LossAttributes): LossOutputs {
  const {logits, labels, products = logits, features, kernel} = inputs;
  const [batch, classes] = logits.shape as [number, number];
  const classIds = toClassIds(labels, classes);
  const mask = toMask(classIds, classes);
  const featureNorms = features && normsOf(features, 1);
  const kernelNorms = kernel && normsOf(kernel, 0);

  const streams = plan.streams.map((stream) => {
    const source = stream.source === 'logits' ? logits : products;
    const factors = factorsOf(stream, featureNorms, kernelNorms, numbers);
    return {logits: factors ? mul(source, factors) : source, factors};
  });
  const rows: Record<string, () => Tensor> = {
    logit: () => atTrueClass(logits, mask),
    product: () => atTrueClass(products, mask),
    featureNorm: () => featureNorms!,
    kernelNorm: () => gather(kernelNorms!, maximum(classIds, scalar(0, 'int32')) as Tensor1D),
    sine: () => sinesOf(features!, kernel!, labels),
  };
  plan.streams.forEach((stream, k) => {
    Object.assign(rows, sumsOf(stream, k, streams[k]!.logits, mask, numbers));
  });
  const made = new Map<string, Tensor>();
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
  featureNorms: Tensor | undefined,
  kernelNorms: Tensor | undefined,
  numbers: readonly number[],
): Tensor | undefined {
  const ofClasses = overKernelNorm ? inverse(kernelNorms!) : undefined;
  if (scale === undefined) return ofClasses;
  const ofRows = expandDims(inverse(featureNorms!), 1);
  const ofBoth = ofClasses ? mul(ofRows, ofClasses) : ofRows;
  return mul(where(lessEqual(ofBoth, 1 / SMALLEST_LENGTHS), ofBoth, 0), numbers[scale]!);
}

/** The sums of a stream over the classes but the true one, [batch] each. */
function sumsOf(
  {excesses}: Stream,
  k: number,
  logits: Tensor,
  mask: Tensor,
  numbers: readonly number[],
): Record<string, () => Tensor> {
  const largest = () => max(where(mask, LOWEST, logits), 1, true);
  const exponentials = () => where(mask, 0, exp(sub(logits, largest())));
  const own = () => expandDims(atTrueClass(logits, mask), 1);
  const excess = (margin: number) => {
    const excesses = excessesOver(own(), logits, margin);
    // A NaN is neither ≤ 0 nor equal to itself, so it counts and shows in the loss.
    const isNone = logicalOr(lessEqual(excesses, 0), logicalAnd(mask, equal(logits, logits)));
    return sum(where(isNone, 0, excesses), 1);
  };
  return {
    [`max${k}`]: () => squeeze(largest(), [1]),
    [`sum${k}`]: () => sum(exponentials(), 1),
    [`moment${k}`]: () => sum(mul(exponentials(), where(mask, 0, logits)), 1),
    [`lead${k}`]: () => sum(div(sub(own(), logits), logits.shape[1]!), 1),
    ...Object.fromEntries(excesses.map((name, h) => [`excess${k}_${h}`, () => excess(numbers[name]!)])),
  };
}

/** f_j − f_y + Δ. The logits are subtracted first, which of large ones leaves the digits that a small Δ has. */
export function excessesOver(own: Tensor, logits: Tensor, margin: number): Tensor {
  return add(sub(logits, own), margin);
}

/** Brings examples without a class, or with several, into the outputs. */
function withoutClass(
  outputs: Omit<LossOutputs, 'hasGradient'>,
  {labels, logits}: LossSources<Tensor>,
  {softLabels}: Plan,
  numbers: readonly number[],
  classIds: Tensor,
): LossOutputs {
  const isUnlabelled = equal(classIds, UNLABELLED);
  const hasClass = any(outputs.mask, 1);
  const cleared = Object.fromEntries(
    Object.entries(outputs.ofRows).map(([name, column]) => [
      name,
      where(hasClass, where(isNaNTensor(outputs.losses), Number.NaN, column!), 0),
    ]),
  );
  const instead = where(isUnlabelled, 0, Number.NaN);
  if (!softLabels || labelFormOf(labels) === 'ids') {
    return {
      ...outputs,
      losses: where(hasClass, outputs.losses, instead),
      ofRows: cleared,
      hasGradient: hasClass,
    };
  }
  const labelsOfAll = mul(cast(labels, 'float32'), numbers[softLabels.labels]!);
  const distributions = addN([labelsOfAll, evenly(logits, numbers[softLabels.evenly]!)]);
  const mass = sum(distributions, 1);
  const isSoft = logicalAnd(equal(classIds, INVALID), isFiniteTensor(mass));
  const q = where(expandDims(isSoft, 1), distributions, 0);
  const {max0, sum0} = {max0: max(logits, 1), sum0: sum(exp(sub(logits, max(logits, 1, true))), 1)};
  const shortfall = sum(where(equal(q, 0), 0, mul(q, sub(expandDims(max0, 1), logits))), 1);
  const soft = addN([mul(mass, log(sum0)), shortfall]);
  return {
    ...outputs,
    losses: where(hasClass, outputs.losses, where(isSoft, soft, instead)),
    ofRows: {
      ...cleared,
      max0: where(isSoft, max0, cleared.max0!),
      factor0: where(isSoft, where(isNaNTensor(soft), Number.NaN, div(mass, sum0)), cleared.factor0!),
    },
    softLabels: q,
    hasGradient: logicalOr(hasClass, isSoft),
  };
}

function evenly(logits: Tensor, share: number): Tensor {
  return mul(onesLike(logits), share / logits.shape[1]!);
}

function perRow(value: Tensor | number, batch: number): Tensor {
  return typeof value === 'number' ? fill([batch], value) : value;
}

/** The entry of each row at its true class, [batch]; 0 where there is none. */
function atTrueClass(matrix: Tensor, mask: Tensor): Tensor {
  return sum(where(mask, matrix, 0), 1);
}

/** 1/‖v‖, and 0 where ‖v‖ is 0. */
export function inverse(norms: Tensor): Tensor {
  return divNoNan(onesLike(norms), norms);
}
