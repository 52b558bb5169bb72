import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * What the kernels of this package take and give, whatever the backend: tensors T in objects, and a list of tensors.
 * All that looks at a whole [batch, classes] matrix is in `sweep` and `sweepGradient`, which know of two kinds of loss
 * only: cross-entropy, the logit of the true class replaced or not, and hinge.
 *
 * Class ids are int32 [batch]. Without a class, being labelled by an id that is none, everything about an example is NaN.
 */
export interface Kernels<T extends TensorInfo> {
  /** Labels as rows [batch, classes] → the id of the class where a row is one-hot, else −1. */
  classIds(inputs: {readonly labels: T}): [T];

  /** The Euclidean norms of the columns (axis 0) or rows (axis 1) of a matrix. A vector of subnormal numbers may count as 0. */
  norms(inputs: {readonly matrix: T}, attributes: AxisAttributes): [T];

  /** Those columns or rows brought to other lengths: v·length/‖v‖, and 0 where ‖v‖ is 0. */
  withLengths(
    inputs: {readonly matrix: T; readonly norms: T; readonly lengths: T},
    attributes: AxisAttributes,
  ): [T];

  /** For g by the columns u = v/‖v‖, the gradient by v: (g − (u·g)u)/‖v‖, and 0 where ‖v‖ is 0. */
  unitColumnsGradient(inputs: {readonly upstream: T; readonly columns: T; readonly norms: T}): [T];

  /** The logits that margins put in the place of the true class's, [batch, 3·margins]: of each f_y, ∂f_y/∂u and ∂f_y/∂n. */
  targets(inputs: TargetsInputs<T>, attributes: TargetsAttributes): [T];

  /** Σ_t weight_t·loss_t of each row of scores, [batch], and what `sweepGradient` needs to know of it, some numbers a row. */
  sweep(inputs: SweepInputs<T>, attributes: SweepAttributes): [losses: T, state: T];

  /**
   * The gradient of Σ_i upstream_i·loss_i by the scores, [batch, classes], and, if there are targets, by ‖x‖ [batch],
   * ‖W_j‖ [classes] and the bias [classes].
   */
  sweepGradient(
    inputs: SweepGradientInputs<T>,
    attributes: SweepAttributes,
  ): [byScores: T] | [byScores: T, byFeatureNorms: T, byKernelNorms: T, byBias: T];
}

/** 0 for the columns of a matrix, 1 for its rows. */
export interface AxisAttributes {
  readonly axis: 0 | 1;
}

/** The true class's logit of one loss. */
export interface Target {
  /** Whether the logits of this loss are the scores over ‖W_j‖. */
  readonly scaled: boolean;
  /** Whether n is ‖x‖‖W_y‖, not ‖x‖ alone. */
  readonly withKernelNorm: boolean;
}

/** A target that a margin makes. */
export interface MarginTarget extends Target {
  readonly m: number;
  /** 1 / (1 + λ). */
  readonly share: number;
}

export interface TargetsInputs<T extends TensorInfo> {
  /** [batch, classes]. */
  readonly scores: T;
  /** W_j·x, of which the cosine is made: the scores without their bias, [batch, classes]. */
  readonly products: T;
  readonly classIds: T;
  /** ‖x‖, [batch]. */
  readonly featureNorms: T;
  /** ‖W_j‖, [classes]. */
  readonly kernelNorms: T;
}

export interface TargetsAttributes {
  readonly margins: readonly MarginTarget[];
}

/** A term of the weighted sum that a sweep computes. */
export type SweepTerm = {readonly weight: number} & (
  | {readonly kind: 'hinge'; readonly margin: number}
  /** Cross-entropy against the labels. */
  | {readonly kind: 'softmax'; readonly labelSmoothing: number}
  /** Cross-entropy with the true class's logit replaced: the first of these by the first of `targets`, and so on. */
  | ({readonly kind: 'target'} & Target)
);

/** What both sweeps read. */
interface SweptInputs<T extends TensorInfo> {
  /** [batch, classes]. */
  readonly scores: T;
  readonly classIds: T;
  /**
   * Labels as rows, [batch, classes]: a softmax without other kinds of term beside it takes them for distributions
   * where an example has no class. Else null.
   */
  readonly rows: T | null;
  /** ‖W_j‖, [classes]; null if no term has a target. */
  readonly kernelNorms: T | null;
}

export interface SweepInputs<T extends TensorInfo> extends SweptInputs<T> {
  /** What the kernel `targets` gave; null, like the norms, if no term has a target. */
  readonly targets: T | null;
  /** ‖x‖, [batch]. */
  readonly featureNorms: T | null;
}

export interface SweepGradientInputs<T extends TensorInfo> extends SweptInputs<T> {
  /** What arrives for each loss, [batch]. */
  readonly upstream: T;
  /** What `sweep` left. */
  readonly state: T;
}

export interface SweepAttributes {
  readonly terms: readonly SweepTerm[];
}
