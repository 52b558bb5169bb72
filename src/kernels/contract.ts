import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../formula/plan.js';

/**
 * What the kernels of this package take and give, whatever the backend: tensors T in objects, and a list of tensors. All that
 * looks at a whole [batch, classes] matrix is in `loss` and `lossGradient`.
 *
 * An example whose label says that it has none (see `tensors/labels.ts`) has loss and gradient 0. One whose label names no class
 * has the loss NaN and the gradient 0. One whose loss is NaN for its logits has a gradient of NaN. Where the upstream gradient
 * is 0, so is the gradient.
 */
export interface Kernels<T extends TensorInfo> {
  /**
   * The losses, [batch], and the memory: what the gradients need of the way there, in a form of the backend's own, four tensors
   * at most.
   */
  loss(inputs: LossSources<T>, attributes: LossAttributes): [losses: T, ...memory: T[]];

  /**
   * The gradients of Σ_i upstream_i·loss_i with respect to the logits [batch, classes], and if these are given, the products
   * [batch, classes] and ‖W_j‖ [classes].
   */
  lossGradient(
    inputs: LossSources<T> & LossBackward<T>,
    attributes: LossAttributes,
  ): [dLogits: T, ...dProductsAndKernelNorms: T[]];

  /** The gradient with respect to the features, by way of ‖x‖ and of sin θ_y. */
  featuresGradient(inputs: LossSources<T> & LossBackward<T>, attributes: LossAttributes): [T];

  /** The gradient with respect to the kernel, by way of ‖W_j‖ and of sin θ_y. */
  kernelGradient(
    inputs: LossSources<T> & LossBackward<T> & {readonly dKernelNorms: T},
    attributes: LossAttributes,
  ): [T];

  /** The columns of a matrix, each over its Euclidean norm, and these norms. A column of subnormal numbers may count as 0. */
  unitColumns(inputs: {readonly matrix: T}): [columns: T, norms: T];

  /** For g by the columns u = v/‖v‖, the gradient by v: (g − (u·g)u)/‖v‖, and 0 where ‖v‖ is 0. */
  unitColumnsGradient(inputs: {readonly upstream: T; readonly columns: T; readonly norms: T}): [T];
}

/** The tensors that losses are computed from; the others if the plan needs them. */
export interface LossSources<T extends TensorInfo> {
  /** W_j·x + b_j, [batch, classes]. */
  readonly logits: T;
  /** Rows [batch, classes], or class ids [batch]; float32 or int32. */
  readonly labels: T;
  /** W_j·x, [batch, classes], where a bias makes it another matrix than the logits. */
  readonly products?: T | undefined;
  /** Numbers per class, [rows, classes]. */
  readonly perClass?: T | undefined;
  /** x, [batch, features]. */
  readonly features?: T | undefined;
  /** W, one column a class, [features, classes]. */
  readonly kernel?: T | undefined;
}

/** What comes back. */
export interface LossBackward<T extends TensorInfo> {
  /** The gradient with respect to each loss, [batch]. */
  readonly upstream: T;
  /** What `loss` left. */
  readonly memory: readonly T[];
}

export interface LossAttributes {
  readonly plan: Plan;
  /** The values of the plan's numbers. */
  readonly numbers: readonly number[];
}
