import {customGrad, type GradSaveFunc, type Rank, reshape, type Tensor} from '@tensorflow/tfjs-core';

/** What the forward pass of an {@link analytic} op returns. */
export interface AnalyticResult<R extends Rank> {
  readonly value: Tensor<R>;
  /** Tensors that `gradients` needs. It may use these and nothing else: tfjs has disposed of the rest by then. */
  readonly saved: Tensor[];
  /** Given ∂/∂value and the saved tensors, the gradient with respect to each input, in order. */
  readonly gradients: (upstream: Tensor<R>, saved: Tensor[]) => Tensor[];
}

/**
 * An op with a gradient of our own. Everything in this package that a gradient flows through is built on it, for two
 * reasons: the gradients stay finite where those of tfjs's ops do not (norms at 0, arccos at ±1), and they are there
 * without tfjs-layers, which alone registers the gradients of tfjs's ops.
 */
export function analytic<R extends Rank>(
  inputs: readonly Tensor[],
  forward: () => AnalyticResult<R>,
): Tensor<R> {
  const op = customGrad<Tensor<R>>((...args) => {
    const save = args[inputs.length] as GradSaveFunc;
    const {value, saved, gradients} = forward();
    save(saved);
    return {value, gradFunc: gradients};
  });
  return op(...inputs);
}

/** A second handle on the same data. So is a clone, but that of tfjs's wasm backend copies the data. */
export function sameData<T extends Tensor>(tensor: T): T {
  return reshape(tensor, tensor.shape) as T;
}

/** A second handle on the same data, through which gradients flow back to the first. */
export function alias<T extends Tensor>(tensor: T): T {
  return reshaped(tensor, tensor.shape) as T;
}

/** The same data in another shape. */
export function reshaped(tensor: Tensor, shape: number[]): Tensor {
  return analytic([tensor], () => ({
    value: reshape(tensor, shape),
    saved: [],
    gradients: (upstream) => [reshape(upstream, tensor.shape)],
  }));
}
