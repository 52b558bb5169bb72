import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * What the kernels of this package take and give, whatever the backend: tensors T in objects, and a list of tensors. All that
 * looks at a whole [batch, classes] matrix is in `loss` and `lossGradient`, which know of two kinds of loss only:
 * cross-entropy, the logit of the true class replaced or not, and hinge.
 */
export interface Kernels<T extends TensorInfo> {
  /**
   * Σ_t weight_t·loss_t of each example, [batch], and the memory: what the gradients need of the way there, from one tensor
   * to four, in a form of the backend's own. Everything about an example is NaN where the label names no class.
   */
  loss(inputs: LossKernelInputs<T>, attributes: LossAttributes): [losses: T, ...memory: T[]];

  /**
   * The gradients of Σ_i upstream_i·loss_i, so many as there are inputs for: by the scores [batch, classes], then by ‖W_j‖
   * [classes], by the bias [classes] and by the products [batch, classes].
   */
  lossGradient(
    inputs: LossKernelInputs<T> & LossBackward<T>,
    attributes: LossAttributes,
  ): [byScores: T, byKernelNorms?: T, byBias?: T, byProducts?: T];

  /** The gradient by the features, [batch, features], so far as it goes by way of ‖x‖. */
  featuresGradient(inputs: {readonly features: T} & LossBackward<T>): [T];

  /** The gradient by the kernel, [features, classes], so far as it goes by way of ‖W_j‖. */
  kernelGradient(
    inputs: {readonly kernel: T; readonly byKernelNorms: T} & Pick<LossBackward<T>, 'memory'>,
  ): [T];

  /** The columns of a matrix, each over its Euclidean norm, and these norms. A column of subnormal numbers may count as 0. */
  unitColumns(inputs: {readonly matrix: T}): [columns: T, norms: T];

  /** For g by the columns u = v/‖v‖, the gradient by v: (g − (u·g)u)/‖v‖, and 0 where ‖v‖ is 0. */
  unitColumnsGradient(inputs: {readonly upstream: T; readonly columns: T; readonly norms: T}): [T];
}

/** The tensors that losses are computed from, the first two or as many more as these have. */
export interface LossKernelInputs<T extends TensorInfo> {
  /** s_j, [batch, classes]. */
  readonly scores: T;
  /**
   * Rows [batch, classes], or class ids int32, [batch] or [batch, 1]. Rows are one-hot; but softmax without other kinds of term
   * beside it takes them for distributions.
   */
  readonly labels: T;
  /** x, [batch, features]. Here if a term has a margin. */
  readonly features?: T | undefined;
  /** W, one column a class, [features, classes]. Here if a term has a margin. */
  readonly kernel?: T | undefined;
  /** b, [classes]. Here if a term has a margin and the scores are W_j·x + b_j. */
  readonly bias?: T | undefined;
  /** W_j·x, [batch, classes]. Here if there is a bias, and a term that leaves it out. */
  readonly products?: T | undefined;
}

/** What comes back. */
export interface LossBackward<T extends TensorInfo> {
  /** What arrives for each loss, [batch]. */
  readonly upstream: T;
  /** What `loss` left. */
  readonly memory: readonly T[];
}

export interface LossAttributes {
  readonly terms: readonly KernelTerm[];
}

/** A term of the weighted sum. */
export type KernelTerm = {readonly weight: number} & (
  | {readonly kind: 'hinge'; readonly margin: number}
  /** Cross-entropy against the labels. */
  | {readonly kind: 'softmax'; readonly labelSmoothing: number}
  /** Cross-entropy with the true class's logit replaced. */
  | ({readonly kind: 'margin'} & MarginLogit)
);

/** The logit that a margin puts in the place of the true class's. */
export interface MarginLogit {
  readonly m: number;
  /** 1 / (1 + λ). */
  readonly share: number;
  /** Whether the logits of this loss are W_j·x over ‖W_j‖, not the scores. */
  readonly scaled: boolean;
  /** Whether n is ‖x‖‖W_y‖, not ‖x‖ alone. */
  readonly withKernelNorm: boolean;
}
