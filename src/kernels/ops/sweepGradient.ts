import {
  add,
  cast,
  exp,
  expandDims,
  greater,
  isNaN as isNaNTensor,
  logicalAnd,
  logicalNot,
  mul,
  sub,
  sum,
  type Tensor,
  unstack,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {Kernels, SweepAttributes, SweepGradientInputs} from '../contract.js';
import {sortTerms} from '../sortTerms.js';
import {STATE_COLUMNS} from './sweep.js';
import {atTrueClass, inverse, maskOf} from './trueClass.js';

/** The gradient that goes with `sweep`. */
export function sweepGradient(
  inputs: SweepGradientInputs<Tensor>,
  {terms}: SweepAttributes,
): ReturnType<Kernels<Tensor>['sweepGradient']> {
  const {scores, classIds, rows, kernelNorms, upstream, state} = inputs;
  const classes = scores.shape[1]!;
  const {hinges, softmaxes, targets, hasPlain, hasScaled} = sortTerms(terms);
  const mask = maskOf(classIds, classes);
  const values = unstack(state, 1);
  const ofRow = (name: (typeof STATE_COLUMNS)[number]) => values[STATE_COLUMNS.indexOf(name)]!;
  const [up, max, factor] = [upstream, ofRow('max'), ofRow('factor')].map((vector) => expandDims(vector, 1));

  let gradient = hasPlain ? mul(exp(sub(scores, max!)), mul(up!, factor!)) : zerosLike(scores);
  for (const {weight, labelSmoothing} of softmaxes) {
    gradient = sub(gradient, mul(up!, (weight * labelSmoothing) / classes));
    if (rows) gradient = sub(gradient, mul(cast(rows, 'float32'), mul(up!, weight * (1 - labelSmoothing))));
  }
  let byTrueScore = mul(upstream, ofRow('byTrueScore'));
  for (const {weight, margin} of hinges) {
    const excess = add(sub(scores, expandDims(atTrueClass(scores, mask), 1)), margin);
    const violated = cast(logicalAnd(greater(excess, 0), logicalNot(mask)), 'float32');
    gradient = add(gradient, mul(violated, mul(up!, weight)));
    byTrueScore = sub(byTrueScore, mul(sum(violated, 1), mul(upstream, weight)));
  }
  gradient = where(mask, expandDims(byTrueScore, 1), gradient);

  const perClass = (vector: Tensor) => sum(where(mask, expandDims(mul(upstream, vector), 1), 0), 0);
  let byKernelNorms = targets.length > 0 ? perClass(ofRow('byKernelNorm')) : null;
  if (hasScaled) {
    const inverseNorms = inverse(kernelNorms!);
    const quotients = mul(scores, inverseNorms);
    const ofOthers = mul(
      exp(sub(quotients, expandDims(ofRow('scaledMax'), 1))),
      expandDims(ofRow('scaledFactor'), 1),
    );
    const ofTrueClass = expandDims(ofRow('byScaledTrueScore'), 1);
    const byQuotients = mul(up!, where(mask, ofTrueClass, ofOthers));
    gradient = add(gradient, mul(byQuotients, inverseNorms));
    // ∂(s_j/‖W_j‖)/∂‖W_j‖ = −(s_j/‖W_j‖)/‖W_j‖
    byKernelNorms = sub(byKernelNorms!, mul(sum(mul(byQuotients, quotients), 0), inverseNorms));
  }
  const byScores = where(isNaNTensor(factor!), factor!, gradient);
  return byKernelNorms
    ? [byScores, mul(upstream, ofRow('byFeatureNorm')), byKernelNorms, perClass(ofRow('byBias'))]
    : [byScores];
}
