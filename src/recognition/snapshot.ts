import {matMul, tensor2d, tidy, transpose} from '@tensorflow/tfjs-core';
import {asCosines, type Features, joined, rowsOf, unitRows} from './matrix.js';
import {largestTwo, type Ranking} from './ranking.js';
import type {ExampleScore} from './scores.js';

/** What a class of a gallery consists of; it never changes. */
export interface GalleryClass {
  readonly examples: number;
  /** The sum of the unit vectors of the examples, for knn all of them. */
  readonly vectors: Float32Array;
}

export interface RankOptions {
  readonly own?: readonly string[] | undefined;
  readonly scoreOf?: (cosine: number, examples: number) => number;
}

/** The classes of a gallery at one time, to compare examples with. */
export class Snapshot {
  readonly #classes: readonly (readonly [label: string, entry: GalleryClass])[];
  readonly #score: ExampleScore;
  readonly #neighbours: number;
  /** What examples are compared with, in the order of the classes. */
  readonly #rows: Float32Array;

  constructor(
    classes: readonly (readonly [label: string, entry: GalleryClass])[],
    width: number,
    score: ExampleScore,
    neighbours: number,
  ) {
    this.#classes = classes;
    this.#score = score;
    this.#neighbours = neighbours;
    const values = joined(classes.map(([, entry]) => entry.vectors));
    this.#rows = unitRows({values, width, count: values.length / width}).values;
  }

  get labels(): string[] {
    return this.#classes.map(([label]) => label);
  }

  /**
   * Ranks the classes for every example. With `own`, the examples are those that the classes were made of, and `own` says
   * which class each went into: it is compared with that class as it would be without the example. `scoreOf` turns the
   * cosine with a class of so many examples into a score.
   */
  async rank(features: Features, {own, scoreOf = (cosine) => cosine}: RankOptions = {}): Promise<Ranking[]> {
    const {count} = features;
    const units = unitRows(features);
    const cosines = await this.#cosines(units);
    const classes = this.#classes;
    const fits = new Float64Array(classes.length * count); // class by class
    let row = 0;
    for (const [place, [label, {examples, vectors}]] of classes.entries()) {
      const end = row + rowsOfClass(this.#score, examples);
      for (let i = 0; i < count; i++) {
        const isOwn = own?.[i] === label;
        const cosine =
          isOwn && this.#score === 'prototype'
            ? cosineWithout(rowsOf(units, i, 1).values, vectors)
            : meanOfNearest(cosines, {row, end, count, i}, this.#neighbours, Number(isOwn));
        fits[place * count + i] = scoreOf(cosine, examples);
      }
      row = end;
    }
    return Array.from({length: count}, (_, i) =>
      largestTwo(classes.length, (place) => fits[place * count + i]!).flatMap((place) =>
        place < 0 ? [] : {label: classes[place]![0], score: fits[place * count + i]!},
      ),
    );
  }

  /** The cosine of every row with every example, row by row: so a large gallery is read as it lies, not transposed. */
  async #cosines({values, width, count}: Features): Promise<Float32Array> {
    const rows = this.#rows;
    const result = tidy(() =>
      asCosines(
        matMul(tensor2d(rows, [rows.length / width, width]), transpose(tensor2d(values, [count, width]))),
      ),
    );
    try {
      return (await result.data()) as Float32Array;
    } finally {
      result.dispose();
    }
  }
}

/** How many rows a class of so many examples has. */
export function rowsOfClass(score: ExampleScore, examples: number): number {
  return score === 'knn' ? examples : 1;
}

/** The mean of the `neighbours` largest cosines of an example with the rows of a class, the `skipped` largest left out. */
function meanOfNearest(
  cosines: Float32Array,
  {row, end, count, i}: {row: number; end: number; count: number; i: number},
  neighbours: number,
  skipped: number,
): number {
  if (end - row === 1) return skipped === 0 ? cosines[row * count + i]! : Number.NEGATIVE_INFINITY;
  const nearest = Array.from({length: end - row}, (_, offset) => cosines[(row + offset) * count + i]!)
    .sort((left, right) => right - left)
    .slice(skipped, skipped + neighbours);
  return nearest.reduce((sum, cosine) => sum + cosine, 0) / nearest.length;
}

/** The cosine of a unit vector with a sum of such vectors after it was taken out of the sum. */
function cosineWithout(unit: Float32Array, sum: Float32Array): number {
  let [product, squares] = [0, 0];
  for (let i = 0; i < unit.length; i++) {
    const rest = sum[i]! - unit[i]!;
    product += unit[i]! * rest;
    squares += rest * rest;
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares);
}
