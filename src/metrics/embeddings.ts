import {checkList, checkSameLength} from './checks.js';

/** The name or id of an example's class. */
export type Label = string | number;

/** Vectors scaled to length 1, each with its label. The zero vector stays what it is: orthogonal to all. */
export interface LabelledDirections {
  readonly directions: readonly Float64Array[];
  readonly labels: readonly Label[];
}

/** Checks labelled vectors and leaves only their directions. */
export function labelledDirections(
  owner: string,
  embeddings: ArrayLike<ArrayLike<number>>,
  labels: ArrayLike<Label>,
): LabelledDirections {
  checkList(owner, 'embeddings', embeddings, 'vectors');
  checkList(owner, 'labels', labels, 'labels');
  checkSameLength(owner, ['embeddings', embeddings], ['labels', labels]);
  const vectors = Array.from(embeddings);
  const width = vectors[0]?.length ?? 0;
  return {
    directions: vectors.map((vector, i) => directionOf(owner, vector, i, width)),
    labels: Array.from(labels),
  };
}

export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}

/** The vector scaled to length 1. */
export function unit(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return vector;
  const scaled = vector.map((value) => value / largest); // of any size, without overflow
  const norm = Math.sqrt(dot(scaled, scaled));
  return scaled.map((value) => value / norm);
}

function directionOf(owner: string, vector: ArrayLike<number>, index: number, width: number): Float64Array {
  if (typeof vector !== 'object' || vector === null) {
    throw new RangeError(
      `${owner}: embeddings[${index}] must be a vector, got ${vector}; wrap a single one in [ ]`,
    );
  }
  if (vector.length !== width) {
    throw new RangeError(
      `${owner}: the vectors must be of the same length, got ${width} numbers in embeddings[0] and ` +
        `${vector.length} in embeddings[${index}]`,
    );
  }
  const copy = Float64Array.from(vector);
  if (!Array.from(vector).every(Number.isFinite)) {
    throw new RangeError(
      `${owner}: embeddings[${index}] must have finite numbers only; leave such examples out`,
    );
  }
  return unit(copy);
}
