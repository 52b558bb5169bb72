/**
 * How compact the classes are and how far apart, by angle. All angles are in radians.
 *
 * The *direction* of a class is the mean of its examples' unit vectors x / ‖x‖ (its length does not matter).
 */
export interface AngleStatistics {
  /** Per class, the mean of its unit vectors. */
  readonly directions: readonly (readonly number[])[];
  /** The angle between an example's features and the direction of its class, averaged over all examples. */
  readonly meanWithinClass: number;
  /** The angle between the directions of two classes, for the two classes that lie closest. */
  readonly smallestBetweenClass: number;
}

/** `features` holds one vector per example, `labels` its class from 0 to `classes` − 1; no class may be empty. */
export function angleStatistics(
  features: readonly (readonly number[])[],
  labels: ArrayLike<number>,
  classes: number,
): AngleStatistics {
  if (features.length !== labels.length) {
    throw new RangeError(
      `angleStatistics: expected a label per feature vector, got ${features.length} vectors and ${labels.length} labels`,
    );
  }
  const directions = Array.from({length: classes}, (_, label) =>
    meanDirection(
      features.filter((_, index) => labels[index] === label),
      label,
    ),
  );
  const toOwnClass = features.map((vector, index) => angleBetween(vector, directions[labels[index]!]!));
  const betweenClasses = directions.flatMap((one, index) =>
    directions.slice(index + 1).map((other) => angleBetween(one, other)),
  );
  return {
    directions,
    meanWithinClass: toOwnClass.reduce((sum, angle) => sum + angle, 0) / toOwnClass.length,
    smallestBetweenClass: Math.min(...betweenClasses),
  };
}

/** The angle between two vectors, from 0 to π. The zero vector counts as orthogonal to all, as it does in the losses. */
export function angleBetween(left: readonly number[], right: readonly number[]): number {
  const norms = Math.hypot(...left) * Math.hypot(...right);
  return norms === 0 ? Math.PI / 2 : Math.acos(Math.max(-1, Math.min(1, dot(left, right) / norms)));
}

export function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

function meanDirection(vectors: readonly (readonly number[])[], label: number): number[] {
  const first = vectors[0];
  if (first === undefined) {
    throw new RangeError(`angleStatistics: class ${label} has no example; give at least one per class`);
  }
  const sum = first.map(() => 0);
  for (const vector of vectors) {
    const norm = Math.hypot(...vector);
    if (norm > 0) {
      vector.forEach((value, axis) => {
        sum[axis]! += value / norm;
      });
    }
  }
  return sum.map((value) => value / vectors.length);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, axis) => sum + value * right[axis]!, 0);
}
