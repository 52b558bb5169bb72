import {matMul, tensor2d, tidy, transpose} from '@tensorflow/tfjs-core';
import {fromBase64, toBase64} from './base64.js';
import {asCosines, type Features, rowsOf, unitRows} from './matrix.js';
import {largestTwo, type Ranking} from './ranking.js';
import type {ExampleScore} from './scores.js';

/** A class of a gallery, as JSON. */
export interface GalleryClassJson {
  /** Its name. */
  readonly label: string;
  /** How many examples it was made of. */
  readonly examples: number;
  /** Float32 numbers in base64: the sum of the unit vectors of the examples, for knn all of them. */
  readonly vectors: string;
}

interface GalleryClass {
  readonly examples: number;
  readonly vectors: Float32Array;
}

/**
 * Classes known by examples alone: by their mean direction (prototype), or by every example (knn). How well an example
 * fits is a cosine.
 */
export class Gallery {
  readonly #score: ExampleScore;
  readonly #neighbours: number;
  readonly #classes = new Map<string, GalleryClass>();
  /** What examples are compared with, in the order of the classes; null until it is needed again. */
  #rows: Float32Array | null = null;
  #width = 0;

  /** `neighbours`: the k of knn. */
  constructor(score: ExampleScore, neighbours: number) {
    this.#score = score;
    this.#neighbours = score === 'knn' ? neighbours : 1;
  }

  get labels(): string[] {
    return [...this.#classes.keys()];
  }

  /** The number of features; 0 while there is no class. */
  get width(): number {
    return this.#classes.size === 0 ? 0 : this.#width;
  }

  has(label: string): boolean {
    return this.#classes.has(label);
  }

  /** How many examples a class is made of. */
  examplesOf(label: string): number {
    return this.#classes.get(label)?.examples ?? 0;
  }

  /** Adds examples to a class, which may be a new one. */
  add(label: string, features: Features): void {
    const units = unitRows(features);
    const old = this.#classes.get(label) ?? {examples: 0, vectors: new Float32Array(0)};
    const vectors =
      this.#score === 'knn' ? joined([old.vectors, units.values]) : sumOfRows(old.vectors, units);
    this.#put(label, {examples: old.examples + features.count, vectors}, features.width);
  }

  delete(label: string): void {
    this.#classes.delete(label);
    this.#rows = null;
  }

  /**
   * Ranks the classes for every example. With `own`, the examples are those that the classes were made of, and `own` says
   * which class each went into: it is compared with that class as it would be without the example.
   */
  async rank(features: Features, own?: readonly string[]): Promise<Ranking[]> {
    const {count} = features;
    const units = unitRows(features);
    const cosines = await this.#cosines(units);
    const classes = [...this.#classes];
    const fits = new Float64Array(classes.length * count); // class by class
    let row = 0;
    for (const [place, [label, {examples, vectors}]] of classes.entries()) {
      const end = row + this.#rowsOf(examples);
      for (let i = 0; i < count; i++) {
        const isOwn = own?.[i] === label;
        fits[place * count + i] =
          isOwn && this.#score === 'prototype'
            ? cosineWithout(rowsOf(units, i, 1).values, vectors)
            : meanOfNearest(cosines, {row, end, count, i}, this.#neighbours, Number(isOwn));
      }
      row = end;
    }
    return Array.from({length: count}, (_, i) =>
      largestTwo(classes.length, (place) => fits[place * count + i]!).flatMap((place) =>
        place < 0 ? [] : {label: classes[place]![0], score: fits[place * count + i]!},
      ),
    );
  }

  toJSON(): GalleryClassJson[] {
    return [...this.#classes].map(([label, {examples, vectors}]) => ({
      label,
      examples,
      vectors: toBase64(vectors),
    }));
  }

  /** Adds the classes of a gallery of the same kind. */
  addJson(classes: readonly GalleryClassJson[]): void {
    for (const {label, examples, vectors: text} of classes) {
      const vectors = fromBase64(text);
      this.#put(label, {examples, vectors}, vectors.length / this.#rowsOf(examples));
    }
  }

  #put(label: string, entry: GalleryClass, width: number): void {
    this.#classes.set(label, entry);
    this.#width = width;
    this.#rows = null;
  }

  /** How many rows a class of so many examples has. */
  #rowsOf(examples: number): number {
    return this.#score === 'knn' ? examples : 1;
  }

  /** The cosine of every row with every example, row by row: so a large gallery is read as it lies, not transposed. */
  async #cosines({values, width, count}: Features): Promise<Float32Array> {
    this.#rows ??= this.#unitRows();
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

  #unitRows(): Float32Array {
    const vectors = joined([...this.#classes.values()].map((entry) => entry.vectors));
    const width = this.#width;
    return unitRows({values: vectors, width, count: vectors.length / width}).values;
  }
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

function sumOfRows(start: Float32Array, {values, width}: Features): Float32Array {
  const sum = new Float64Array(width);
  sum.set(start);
  for (let i = 0; i < values.length; i++) sum[i % width]! += values[i]!;
  return Float32Array.from(sum);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
