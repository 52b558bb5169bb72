import {addN, mul, type Tensor1D} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import {type KernelLossTerm, kernelLoss} from './kernelLoss.js';
import {computeChecked} from './loss.js';
import type {LossInputs} from './lossInputs.js';
import type {WeightedTerm} from './terms.js';
import {withZeroGradient} from './zeroGradient.js';

/** Σ_t weight_t·loss_t of each example: what kernels compute in one op, and what users' own terms do. */
export function weightedLoss(inputs: LossInputs, terms: readonly WeightedTerm[]): Tensor1D {
  const ofKernels: KernelLossTerm[] = [];
  const parts: {weight: number; value: Tensor1D}[] = [];
  for (const term of terms) {
    if (term.kind === 'own') parts.push({weight: term.weight, value: computeChecked(term.loss, inputs)});
    else ofKernels.push(term);
  }
  if (ofKernels.length === 0) return withZeroGradient(weightedSum(parts), inputs.labels);
  return weightedSum([{weight: 1, value: kernelLoss(inputs, ofKernels)}, ...parts]);
}

function weightedSum(parts: readonly {readonly weight: number; readonly value: Tensor1D}[]): Tensor1D {
  const [first, ...others] = parts;
  if (others.length === 0 && first!.weight === 1) return first!.value;
  return analytic(
    parts.map(({value}) => value),
    () => ({
      value: addN(parts.map(({weight, value}) => mul<Tensor1D>(value, weight))),
      saved: [],
      gradients: (upstream) => parts.map(({weight}) => mul(upstream, weight)),
    }),
  );
}
