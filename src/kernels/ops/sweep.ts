import {
  abs,
  add,
  addN,
  any,
  cast,
  equal,
  exp,
  expandDims,
  gather,
  isNaN as isNaNTensor,
  lessEqual,
  log,
  log1p,
  logicalOr,
  max,
  maximum,
  mul,
  neg,
  ones,
  relu,
  sigmoid,
  slice,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import type {SweepAttributes, SweepInputs} from '../contract.js';
import {sortTerms, type TermOfKind} from '../sortTerms.js';
import {atTrueClass, clippedIds, inverse, maskOf} from './trueClass.js';

/** What the gradient needs of each row, in the order of the columns of the state: see `loops/row.ts`. */
export const STATE_COLUMNS = [
  'max',
  'factor',
  'scaledMax',
  'scaledFactor',
  'byTrueScore',
  'byScaledTrueScore',
  'byFeatureNorm',
  'byKernelNorm',
  'byBias',
] as const;

/** What a term adds to the loss and to the state, [batch] each. */
type Contribution = Partial<Record<'loss' | (typeof STATE_COLUMNS)[number], Tensor>>;

/** The formulas are those of `loops/sweep.ts`. */
export function sweep(
  inputs: SweepInputs<Tensor>,
  {terms}: SweepAttributes,
): [losses: Tensor, state: Tensor] {
  const {scores, classIds, rows, kernelNorms} = inputs;
  const [batch, classes] = scores.shape as [number, number];
  const {hinges, softmaxes, targets, hasPlain, hasScaled} = sortTerms(terms);
  const mask = maskOf(classIds, classes);
  const plain = hasPlain ? othersOf(scores, mask) : null;
  const scaled = hasScaled ? othersOf(mul(scores, inverse(kernelNorms!)), mask) : null;

  const contributions: Contribution[] = [
    {...(plain && {max: plain.max}), ...(scaled && {scaledMax: scaled.max})},
    ...hinges.map(({weight, margin}) => ({loss: mul(weight, hingeOf(scores, mask, margin))})),
    ...softmaxes.map((term) => softmaxOf(scores, rows, mask, plain!, term)),
    ...targets.map((term, t) => targetOf(inputs, t, term.scaled ? scaled! : plain!, term)),
  ];
  const total = (name: keyof Contribution) => {
    const parts = contributions.flatMap(({[name]: part}) => part ?? []);
    return parts.length === 0 ? zeros([batch]) : addN(parts);
  };
  const loss = rows ? total('loss') : where(any(mask, 1), total('loss'), Number.NaN);
  const state = stack(STATE_COLUMNS.map(total), 1);
  return [loss, where(expandDims(isNaNTensor(loss), 1), Number.NaN, state)];
}

/** Of the classes but the true one: M, the largest score, and S = Σ e^{score − M}, [batch] each. */
interface Others {
  readonly max: Tensor;
  readonly sum: Tensor;
}

/** The lowest float32: the maximum of no scores, finite so that differences are. */
const LOWEST = -3.4028234663852886e38;

function othersOf(scores: Tensor, mask: Tensor): Others {
  const largest = max(where(mask, LOWEST, scores), 1, true);
  const exponentials = exp(sub(scores, largest));
  return {max: squeeze(largest, [1]), sum: sum(where(mask, 0, exponentials), 1)};
}

function hingeOf(scores: Tensor, mask: Tensor, margin: number): Tensor {
  const excess = add(sub(scores, expandDims(atTrueClass(scores, mask), 1)), margin);
  // Where "≤ 0" is false, so that a NaN counts and shows in the loss.
  return sum(where(logicalOr(lessEqual(excess, 0), mask), 0, excess), 1);
}

function targetOf(
  {classIds, targets, featureNorms, kernelNorms}: SweepInputs<Tensor>,
  index: number,
  others: Others,
  {weight, scaled, withKernelNorm}: TermOfKind<'target'>,
): Contribution {
  const column = (offset: number) => squeeze(slice(targets!, [0, 3 * index + offset], [-1, 1]), [1]);
  const logOdds = add(sub(others.max, column(0)), log(others.sum));
  const odds = mul(weight, sigmoid(logOdds));
  const byTarget = neg(odds);
  const byProduct = mul(byTarget, column(1));
  const byLength = mul(byTarget, column(2));
  const trueNorm = withKernelNorm ? gather(kernelNorms!, clippedIds(classIds, kernelNorms!.shape[0]!)) : null;
  return {
    loss: mul(weight, add(relu(logOdds), log1p(exp(neg(abs(logOdds)))))),
    [scaled ? 'scaledFactor' : 'factor']: mul(odds, inverse(others.sum)),
    [scaled ? 'byScaledTrueScore' : 'byTrueScore']: byProduct,
    byFeatureNorm: trueNorm ? mul(byLength, trueNorm) : byLength,
    ...(trueNorm && {byKernelNorm: mul(byLength, featureNorms!), byBias: sub(byTarget, byProduct)}),
  };
}

function softmaxOf(
  scores: Tensor,
  rows: Tensor | null,
  mask: Tensor,
  others: Others,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
): Contribution {
  const trueScore = atTrueClass(scores, mask, LOWEST);
  const largest = maximum(others.max, trueScore);
  const ofOthers = exp(sub(others.max, largest));
  const ofTrueClass = exp(sub(trueScore, largest));
  const all = add(mul(others.sum, ofOthers), ofTrueClass);

  const labels = rows && cast(rows, 'float32');
  const shortfalls = sub(expandDims(largest, 1), scores);
  const mass = labels ? sum(labels, 1) : ones(largest.shape);
  const shortfall = labels
    ? sum(where(equal(labels, 0), 0, mul(labels, shortfalls)), 1)
    : sub(largest, trueScore);
  const share = 1 - labelSmoothing;
  const everyClass = labelSmoothing / scores.shape[1]!;
  const allMass = add(mul(mass, share), labelSmoothing);
  const smoothed = labelSmoothing === 0 ? [] : [mul(everyClass, sum(shortfalls, 1))];
  return {
    loss: mul(weight, addN([mul(allMass, log(all)), mul(share, shortfall), ...smoothed])),
    factor: mul(weight, mul(allMass, mul(ofOthers, inverse(all)))),
    byTrueScore: mul(weight, sub(mul(allMass, mul(ofTrueClass, inverse(all))), share + everyClass)),
  };
}
