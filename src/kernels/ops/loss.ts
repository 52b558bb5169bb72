import {
  abs,
  add,
  addN,
  any,
  cast,
  clipByValue,
  divNoNan,
  equal,
  exp,
  expandDims,
  isNaN as isNaNTensor,
  lessEqual,
  log,
  log1p,
  logicalOr,
  matMul,
  max,
  maximum,
  mul,
  neg,
  ones,
  relu,
  reshape,
  sigmoid,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import {tensors} from '../../arithmetic.js';
import {labelFormOf} from '../../labels.js';
import {marginEffect} from '../../margin.js';
import type {LossAttributes, LossKernelInputs} from '../contract.js';
import {LOWEST} from '../limits.js';
import {sortTerms, type TermOfKind} from '../sortTerms.js';
import {normsOf} from './norms.js';
import {atTrueClass, classIdsOf, inverse, maskOf, ofTrueClass} from './trueClass.js';

/** What the gradient needs of each row, in the order of the columns of the state: see `loops/state.ts`. */
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

/** What the loss leaves for the gradient. */
export interface Memory {
  /** [batch, numbers]. */
  readonly state: Tensor;
  readonly classIds: Tensor;
  /** ‖x‖ and ‖W_j‖, if a term has a margin. */
  readonly featureNorms?: Tensor | undefined;
  readonly kernelNorms?: Tensor | undefined;
}

/** The formulas are those of `loops/loss.ts`. */
export function computeLosses(
  inputs: LossKernelInputs<Tensor>,
  {terms}: LossAttributes,
): {losses: Tensor} & Memory {
  const {scores, labels, features, kernel} = inputs;
  const [batch, classes] = scores.shape as [number, number];
  const {hinges, softmaxes, margins, hasPlain, hasScaled, takeSoftLabels} = sortTerms(terms);
  const hasRows = labelFormOf(labels, classes) === 'rows';
  const softLabels = hasRows && takeSoftLabels ? cast(labels, 'float32') : null;
  const classIds = hasRows ? classIdsOf(labels) : reshape(labels, [batch]);
  const featureNorms = features && normsOf(features, 1);
  const kernelNorms = kernel && normsOf(kernel, 0);
  const mask = maskOf(classIds, classes);
  const products = inputs.products ?? scores;
  const quotients = hasScaled ? mul(products, inverse(kernelNorms!)) : null;
  const plain = hasPlain ? othersOf(scores, mask) : null;
  const scaled = quotients && othersOf(quotients, mask);
  const angle = kernelNorms ? angleOf(inputs, mask, featureNorms!, ofTrueClass(kernelNorms, classIds)) : null;

  const contributions: Contribution[] = [
    {...(plain && {max: plain.max}), ...(scaled && {scaledMax: scaled.max})},
    ...hinges.map(({weight, margin}) => ({loss: mul(weight, hingeOf(scores, mask, margin))})),
    ...softmaxes.map((term) => softmaxOf(scores, softLabels, mask, plain!, term)),
    ...margins.map((term) =>
      term.scaled
        ? marginOf(atTrueClass(quotients!, mask), scaled!, angle!, term)
        : marginOf(atTrueClass(scores, mask), plain!, angle!, term),
    ),
  ];
  const total = (name: keyof Contribution) => {
    const parts = contributions.flatMap(({[name]: part}) => part ?? []);
    return parts.length === 0 ? zeros([batch]) : addN(parts);
  };
  const losses = softLabels ? total('loss') : where(any(mask, 1), total('loss'), Number.NaN);
  const state = stack(STATE_COLUMNS.map(total), 1);
  return {
    losses,
    state: where(expandDims(isNaNTensor(losses), 1), Number.NaN, state),
    classIds,
    featureNorms,
    kernelNorms,
  };
}

/** What the target logits of all margins are made of, [batch] each. */
interface Angle {
  readonly cosine: Tensor1D;
  readonly featureNorm: Tensor;
  readonly kernelNorm: Tensor;
}

function angleOf(
  {scores, features, kernel, bias, products}: LossKernelInputs<Tensor>,
  mask: Tensor,
  featureNorm: Tensor,
  kernelNorm: Tensor,
): Angle {
  // Taken out of the score, W_y·x would lose its digits to a large bias.
  const product = products ?? (bias ? matMul(features as Tensor2D, kernel as Tensor2D) : scores);
  // By one length after the other, whose product may overflow.
  const cosine = divNoNan(divNoNan(atTrueClass(product, mask), featureNorm), kernelNorm);
  return {cosine: clipByValue(cosine, -1, 1) as Tensor1D, featureNorm, kernelNorm};
}

/** Of the classes but the true one: M, the largest score, and S = Σ e^{score − M}, [batch] each. */
interface Others {
  readonly max: Tensor;
  readonly sum: Tensor;
}

function othersOf(scores: Tensor, mask: Tensor): Others {
  const largest = max(where(mask, LOWEST, scores), 1, true);
  const exponentials = exp(sub(scores, largest));
  return {max: squeeze(largest, [1]), sum: sum(where(mask, 0, exponentials), 1)};
}

function hingeOf(scores: Tensor, mask: Tensor, margin: number): Tensor {
  const trueScore = atTrueClass(scores, mask);
  const excess = add(sub(scores, expandDims(trueScore, 1)), margin);
  // Where "≤ 0" is false, so that a NaN counts and shows in the loss.
  const loss = sum(where(logicalOr(lessEqual(excess, 0), mask), 0, excess), 1);
  return where(isNaNTensor(trueScore), trueScore, loss);
}

function marginOf(
  trueLogit: Tensor,
  others: Others,
  {cosine, featureNorm, kernelNorm}: Angle,
  {weight, m, share, scaled, withKernelNorm}: TermOfKind<'margin'>,
): Contribution {
  const effect = marginEffect(tensors, m)(cosine, share);
  const gain = mul(featureNorm, effect.gain);
  const target = add(trueLogit, withKernelNorm ? mul(gain, kernelNorm) : gain);
  const logOdds = add(sub(others.max, target), log(others.sum));
  const odds = mul(weight, sigmoid(logOdds));
  const byTarget = neg(odds);
  const byProduct = mul(byTarget, effect.byProduct);
  const byLength = mul(byTarget, effect.byLength);
  return {
    loss: mul(weight, add(relu(logOdds), log1p(exp(neg(abs(logOdds)))))),
    [scaled ? 'scaledFactor' : 'factor']: mul(odds, inverse(others.sum)),
    [scaled ? 'byScaledTrueScore' : 'byTrueScore']: byProduct,
    byFeatureNorm: withKernelNorm ? mul(byLength, kernelNorm) : byLength,
    ...(withKernelNorm && {byKernelNorm: mul(byLength, featureNorm), byBias: sub(byTarget, byProduct)}),
  };
}

function softmaxOf(
  scores: Tensor,
  labels: Tensor | null,
  mask: Tensor,
  others: Others,
  {weight, labelSmoothing}: TermOfKind<'softmax'>,
): Contribution {
  const trueScore = atTrueClass(scores, mask, LOWEST);
  const largest = maximum(others.max, trueScore);
  const ofOthers = exp(sub(others.max, largest));
  const ofTrueClass = exp(sub(trueScore, largest));
  const all = add(mul(others.sum, ofOthers), ofTrueClass);

  const shortfalls = sub(expandDims(largest, 1), scores);
  const mass = labels ? sum(labels, 1) : ones(largest.shape);
  const shortfall = labels
    ? sum(where(equal(labels, 0), 0, mul(labels, shortfalls)), 1)
    : sub(largest, trueScore);
  const share = 1 - labelSmoothing;
  const everyClass = labelSmoothing / scores.shape[1]!;
  const allMass = add(mul(mass, share), labelSmoothing);
  const ofEach = mul(allMass, mul(ofOthers, inverse(all)));
  const smoothed = labelSmoothing === 0 ? [] : [mul(everyClass, sum(shortfalls, 1))];
  return {
    loss: mul(weight, addN([mul(allMass, log(all)), mul(share, shortfall), ...smoothed])),
    factor: mul(weight, ofEach),
    // p_y − q_y by what the other classes have, which keeps its digits where that is little.
    byTrueScore: mul(weight, sub(labelSmoothing - everyClass, mul(ofEach, others.sum))),
  };
}
