import {scalar, type Tensor, type Tensor1D, zeros} from '@tensorflow/tfjs-core';
import {analytic, sameData} from './analytic.js';

/**
 * The same losses, which depend on a tensor too, with the gradient 0: tfjs refuses a gradient by what a function does not
 * depend on. By way of a number, since zeros as many as the tensor has are then made only if somebody asks for them.
 */
export function withZeroGradient(losses: Tensor1D, by: Tensor): Tensor1D {
  const anchor = analytic([by], () => ({
    value: scalar(0),
    saved: [],
    gradients: () => [zeros(by.shape)],
  }));
  return analytic([losses, anchor], () => ({
    value: sameData(losses),
    saved: [],
    gradients: (upstream) => [sameData(upstream), scalar(0)],
  }));
}
