import {
  add,
  addN,
  cast,
  exp,
  expandDims,
  greater,
  logicalAnd,
  logicalNot,
  minimum,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {Stream} from '../../formula/plan.js';
import type {Kernels, LossAttributes, LossBackward, LossSources} from '../contract.js';
import {times} from './angle.js';
import {excessesOver, inverse, type LossOutputs, lossOutputs} from './loss.js';
import {normsOf} from './norms.js';

/** The gradients that go with `lossOutputs`. */
export function gradientsOf(
  inputs: LossSources<Tensor> & LossBackward<Tensor>,
  attributes: LossAttributes,
): ReturnType<Kernels<Tensor>['lossGradient']> {
  const {logits, products, kernel} = inputs;
  const {plan, numbers} = attributes;
  const outputs = lossOutputs(inputs, attributes);
  const {ofRows, streams, mask, hasGradient} = outputs;
  const upstream = where(hasGradient, inputs.upstream, 0);
  const atClass = (column: Tensor) => where(mask, expandDims(times(upstream, column), 1), 0);

  const gradients = {logits: [zerosLike(logits)], products: [zerosLike(logits)]};
  const alongClasses: Tensor[] = [];
  plan.streams.forEach((stream, k) => {
    const gradient = gradientOfStream(stream, k, outputs, numbers, upstream);
    const {logits: ofStream, factors} = streams[k]!;
    gradients[stream.source].push(factors ? mul(gradient, factors) : gradient);
    if (stream.overKernelNorm) alongClasses.push(sum(mul(gradient, ofStream), 0));
  });
  if (ofRows.dProduct) gradients.products.push(atClass(ofRows.dProduct));
  const results = [addN(gradients.logits)];
  if (products) results.push(addN(gradients.products));
  if (kernel) {
    // ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by ‖W_j‖.
    const along = addN([zerosLike(sum(kernel, 0)), ...alongClasses]);
    const direct = ofRows.dKernelNorm ? [sum(atClass(ofRows.dKernelNorm), 0)] : [];
    results.push(addN([neg(mul(along, inverse(normsOf(kernel, 0)))), ...direct]));
  }
  return results as ReturnType<Kernels<Tensor>['lossGradient']>;
}

/** With respect to the logits of a stream. */
function gradientOfStream(
  {excesses}: Stream,
  k: number,
  {losses, ofRows, streams, mask, softLabels}: LossOutputs,
  numbers: readonly number[],
  upstream: Tensor,
): Tensor {
  const {logits} = streams[k]!;
  const column = (name: string) => expandDims(ofRows[name]!, 1);
  let ofOthers: Tensor = zerosLike(logits);
  if (ofRows[`factor${k}`]) {
    const exponentials = exp(minimum(sub(logits, column(`max${k}`)), 0));
    ofOthers = mul(exponentials, column(`factor${k}`));
  }
  if (ofRows[`dLead${k}`]) ofOthers = sub(ofOthers, column(`dLead${k}`));
  if (softLabels) ofOthers = sub(ofOthers, softLabels);
  let ofTrueClass: Tensor = ofRows[`true${k}`] ?? zerosLike(losses);
  excesses.forEach((name, h) => {
    const own = sum(where(mask, logits, 0), 1, true);
    const isAbove = logicalAnd(greater(excessesOver(own, logits, numbers[name]!), 0), logicalNot(mask));
    const violated = mul(cast(isAbove, 'float32'), column(`dExcess${k}_${h}`));
    ofOthers = add(ofOthers, violated);
    ofTrueClass = sub(ofTrueClass, sum(violated, 1));
  });
  const gradient = where(mask, expandDims(ofTrueClass, 1), ofOthers);
  return times(expandDims(upstream, 1), gradient);
}
