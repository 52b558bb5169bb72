import type {Arithmetic} from './arithmetic.js';

/**
 * Which logits a loss sees, for every class j:
 *
 * - `plain`: $`W_j·x + b_j`$, the output of the model as it is;
 * - `direction`: $`‖x‖ \cos θ_j`$, as if every $`W_j`$ had norm 1 and there were no bias;
 * - `cosine`: $`s·\cos θ_j`$, as if $`x`$ also had norm s.
 */
export interface Logits {
  /** One of the three kinds. */
  readonly kind: 'plain' | 'direction' | 'cosine';
  /** s of the cosines; the other kinds have none. */
  readonly scale?: Scale;
  /** Of plain logits: the name of the numbers, one per class, that are added to them. */
  readonly offsets?: string;
}

/** s > 0, or `'auto'`: chosen by the number of classes. */
export type Scale = number | 'auto';

/** $`W_j·x + b_j`$: the output of the model as it is. */
export const plain: Logits = {kind: 'plain'};

/**
 * $`W_j·x + b_j + o_j`$: plain logits, to each of which a number of its class is added.
 *
 * @param offsets - The name of these numbers among the `numbers` of the term.
 */
export function adjusted(offsets: string): Logits {
  return {kind: 'plain', offsets};
}

/** $`‖x‖ \cos θ_j`$: the angle to the weights of each class, times the norm of the features. */
export const direction: Logits = {kind: 'direction'};

/**
 * $`s·\cos θ_j`$: the angle to the weights of each class alone.
 *
 * @param scale - s > 0, or `'auto'`.
 */
export function cosine(scale: Scale): Logits {
  return {kind: 'cosine', scale};
}

/** The angle θ between the features $`x`$ and the true class's weights $`W_y`$. */
export interface Angle<T> {
  /** $`\cos θ`$, in [−1, 1]; 0 where $`x`$ or $`W_y`$ is 0. */
  readonly cosine: T;
  /** $`\sin θ`$, measured from $`x`$ and $`W_y`$, so that it is accurate where θ is small; 1 where one of them is 0. */
  readonly sine: T;
  /** θ in radians, in [0, π]. */
  readonly theta: T;
  /** $`‖x‖`$ */
  readonly featureNorm: T;
}

/** What the loss of an example is computed from. */
export interface Row<T> {
  /** $`−\log p_y = \log(1 + ∑_{j≠y} e^{f_j − f_y})`$, with the margin in $`f_y`$. */
  readonly crossEntropy: T;
  /** $`∑_j (z_y − z_j)/C`$, without the margin; of plain logits only. */
  readonly lead: T;
  /** $`∑_{j≠y} \max(0, z_j − z_y + Δ)`$, where Δ is the number of this name; of plain logits only. */
  readonly excess: (margin: string) => T;
  /** $`∑_{j≠y} \max(0, z_j − z_y + Δ)^2`$, in the same way. */
  readonly squaredExcess: (margin: string) => T;
  /** $`z_y − \max_{j≠y} z_j`$; of plain logits only. Where several are the largest, each has an equal share of the gradient. */
  readonly gap: T;
  /** $`‖x‖`$; of directions and cosines only. */
  readonly featureNorm: T;
}

/** What the numbers of a term may depend on, at the time of a batch. */
export interface Moment {
  /** The number of training steps completed. A term whose numbers read it has a schedule, which makes the batch count as a step. */
  readonly step: number;
  /** The number of classes. */
  readonly classes: number;
}

/** The number of this name among the `numbers` of the term. */
export type Numbers<T> = (name: string) => T;

/**
 * A loss as data: what is left out is softmax cross-entropy of the plain logits.
 *
 * The true class's logit is $`f_y = n·\text{margin}(θ)`$, plus the bias if the logits are plain. n is their length: $`‖x‖‖W_y‖`$
 * (plain), $`‖x‖`$ (direction) or s (cosine). The other logits are those of `logits`. The loss of the example is `loss` of the
 * {@link Row} computed from them.
 */
export interface Term {
  /** The logits that the loss sees. */
  readonly logits: Logits;
  /** What replaces $`\cos θ`$ in the true class's logit; left out, nothing does. */
  readonly margin?: <T>(a: Arithmetic<T>, angle: Angle<T>, number: Numbers<T>) => T;
  /** The loss of an example; left out, the cross-entropy. */
  readonly loss?: <T>(a: Arithmetic<T>, row: Row<T>, number: Numbers<T>) => T;
  /**
   * The parameters of the formulas. Those that change from step to step are functions. A list has a number for each class, of which
   * formulas read that of the true class.
   */
  readonly numbers?: Readonly<Record<string, number | readonly number[] | ((at: Moment) => number)>>;
  /**
   * For cross-entropy against distributions, which leaves `loss` out or smooths it: the name of the number ε, their share of evenly
   * smoothed labels.
   *
   * @internal
   */
  readonly softLabels?: string;
}
