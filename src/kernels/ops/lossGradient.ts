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
import {labelFormOf} from '../../labels.js';
import type {Kernels, LossAttributes, LossKernelInputs} from '../contract.js';
import {sortTerms} from '../sortTerms.js';
import {type Memory, STATE_COLUMNS} from './loss.js';
import {atTrueClass, inverse, maskOf} from './trueClass.js';

/** The gradients that go with `computeLosses`. */
export function computeGradients(
  inputs: LossKernelInputs<Tensor> & {readonly upstream: Tensor} & Memory,
  {terms}: LossAttributes,
): ReturnType<Kernels<Tensor>['lossGradient']> {
  const {scores, labels, kernel, bias, products, upstream, state, classIds, kernelNorms} = inputs;
  const classes = scores.shape[1]!;
  const {hinges, softmaxes, hasPlain, hasScaled, takeSoftLabels} = sortTerms(terms);
  const isSoft = labelFormOf(labels, classes) === 'rows' && takeSoftLabels;
  const mask = maskOf(classIds, classes);
  const values = unstack(state, 1);
  const ofRow = (name: (typeof STATE_COLUMNS)[number]) => values[STATE_COLUMNS.indexOf(name)]!;
  const [up, max, factor] = [upstream, ofRow('max'), ofRow('factor')].map((vector) => expandDims(vector, 1));

  let gradient = hasPlain ? mul(exp(sub(scores, max!)), mul(up!, factor!)) : zerosLike(scores);
  for (const {weight, labelSmoothing} of softmaxes) {
    gradient = sub(gradient, mul(up!, (weight * labelSmoothing) / classes));
    if (isSoft)
      gradient = sub(gradient, mul(cast(labels, 'float32'), mul(up!, weight * (1 - labelSmoothing))));
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
  let byKernelNorms = kernel && perClass(ofRow('byKernelNorm'));
  let byProducts: Tensor | undefined;
  if (hasScaled) {
    const inverseNorms = inverse(kernelNorms!);
    const quotients = mul(products ?? scores, inverseNorms);
    const ofOthers = mul(
      exp(sub(quotients, expandDims(ofRow('scaledMax'), 1))),
      expandDims(ofRow('scaledFactor'), 1),
    );
    const trueClass = expandDims(ofRow('byScaledTrueScore'), 1);
    const byQuotients = mul(up!, where(mask, trueClass, ofOthers));
    byProducts = mul(byQuotients, inverseNorms);
    // ∂(s_j/‖W_j‖)/∂‖W_j‖ = −(s_j/‖W_j‖)/‖W_j‖
    byKernelNorms = sub(byKernelNorms!, mul(sum(mul(byQuotients, quotients), 0), inverseNorms));
  }
  if (byProducts && !products) gradient = add(gradient, byProducts);
  const results = [
    where(isNaNTensor(factor!), factor!, gradient),
    byKernelNorms,
    bias && perClass(ofRow('byBias')),
    products && byProducts,
  ];
  return results.filter((result) => result !== undefined) as [Tensor];
}
