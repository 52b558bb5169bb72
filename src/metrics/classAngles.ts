import {dot, type Label, labelledDirections, unit} from './embeddings.js';

/** How compact the classes are and how far apart. Angles are in radians. */
export interface ClassAngles {
  /** Each class's direction: the mean of the directions x / ‖x‖ of its examples, scaled to length 1. */
  readonly directions: ReadonlyMap<Label, Float64Array>;
  /** The angle between an example and the direction of its class, averaged over all examples, from 0 to π. */
  readonly meanWithinClass: number;
  /** The angle between the directions of the two classes that lie closest, from 0 to π; Infinity for a single class. */
  readonly smallestBetweenClass: number;
}

/**
 * Angles within classes, which a margin makes smaller, and between classes, which it makes larger.
 *
 * μ_c = Σ_{i in c} x_i / ‖x_i‖,  within: mean over i of ∠(x_i, μ_{y_i}),  between: min over c ≠ d of ∠(μ_c, μ_d)
 *
 * A zero vector counts as orthogonal to all.
 *
 * @param embeddings - One vector per example.
 * @param labels - The class of each.
 * @throws RangeError if a list is empty, lengths do not fit or a number is not finite; TypeError if an argument is no
 * list.
 *
 * @example
 * ```ts
 * import {classAngles} from 'tfjs-losses/metrics';
 *
 * const {meanWithinClass, smallestBetweenClass} = classAngles([[2, 0], [1, 1], [0, 3]], ['a', 'a', 'b']);
 * meanWithinClass; // 0.2618
 * smallestBetweenClass; // 1.1781
 * ```
 */
export function classAngles(embeddings: ArrayLike<ArrayLike<number>>, labels: ArrayLike<Label>): ClassAngles {
  const {directions: examples, labels: classes} = labelledDirections('classAngles', embeddings, labels);
  const sums = new Map<Label, Float64Array>();
  for (const [i, example] of examples.entries()) {
    const sum = sums.get(classes[i]!) ?? new Float64Array(example.length);
    sums.set(
      classes[i]!,
      sum.map((value, axis) => value + example[axis]!),
    );
  }
  const directions = new Map([...sums].map(([label, sum]) => [label, unit(sum)]));
  const within = examples.map((example, i) => angleBetween(example, directions.get(classes[i]!)!));
  const means = [...directions.values()];
  const between = means.flatMap((one, i) => means.slice(i + 1).map((other) => angleBetween(one, other)));
  return {
    directions,
    meanWithinClass: within.reduce((sum, angle) => sum + angle, 0) / within.length,
    smallestBetweenClass: between.reduce((least, angle) => Math.min(least, angle), Number.POSITIVE_INFINITY),
  };
}

/** The angle between two directions. */
function angleBetween(left: Float64Array, right: Float64Array): number {
  return Math.acos(Math.max(-1, Math.min(1, dot(left, right))));
}
