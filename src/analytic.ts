import {
  clone,
  customGrad,
  expandDims,
  type GradSaveFunc,
  mul,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

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

/** A second handle on the same data, through which gradients flow back to the first. */
export function alias<T extends Tensor>(tensor: T): T {
  return analytic([tensor], () => ({
    value: clone(tensor),
    saved: [],
    gradients: (upstream) => [clone(upstream)],
  })) as T;
}

/** A loss per example, and its gradient with respect to the scores. */
export interface LossAndGradient {
  /** Shape [batch]. */
  readonly loss: Tensor1D;
  /** ∂loss_i/∂scores_ij, shape [batch, classes]. */
  readonly gradient: Tensor2D;
}

/** A loss per example whose gradient with respect to the scores is computed along with its value. */
export function analyticLoss(scores: Tensor2D, forward: () => LossAndGradient): Tensor1D {
  return analytic([scores], () => {
    const {loss, gradient} = forward();
    return {
      value: loss,
      saved: [gradient],
      gradients: (upstream, saved) => [mul(saved[0]!, expandDims(upstream, 1))],
    };
  });
}
