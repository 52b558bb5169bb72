import {fromBase64, toBase64} from './base64.js';
import {type Features, joined, unitRows} from './matrix.js';
import type {ExampleScore} from './scores.js';
import {type GalleryClass, rowsOfClass, Snapshot} from './snapshot.js';

/** A class of a gallery, as JSON. */
export interface GalleryClassJson {
  /** Its name. */
  readonly label: string;
  /** How many examples it was made of. */
  readonly examples: number;
  /** Float32 numbers in base64: the sum of the unit vectors of the examples, for knn all of them. */
  readonly vectors: string;
}

/**
 * Classes known by examples alone: by their mean direction (prototype), or by every example (knn). How well an example
 * fits is a cosine.
 */
export class Gallery {
  readonly #score: ExampleScore;
  readonly #neighbours: number;
  readonly #classes = new Map<string, GalleryClass>();
  /** Null until it is needed again. */
  #snapshot: Snapshot | null = null;
  #width = 0;

  /** `neighbours`: the k of knn. */
  constructor(score: ExampleScore, neighbours: number) {
    this.#score = score;
    this.#neighbours = neighbours;
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
    this.#snapshot = null;
  }

  /** The classes as they are now, whatever is added or deleted later. */
  snapshot(): Snapshot {
    this.#snapshot ??= new Snapshot([...this.#classes], this.#width, this.#score, this.#neighbours);
    return this.#snapshot;
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
      this.#put(label, {examples, vectors}, vectors.length / rowsOfClass(this.#score, examples));
    }
  }

  #put(label: string, entry: GalleryClass, width: number): void {
    this.#classes.set(label, entry);
    this.#width = width;
    this.#snapshot = null;
  }
}

function sumOfRows(start: Float32Array, {values, width}: Features): Float32Array {
  const sum = new Float64Array(width);
  sum.set(start);
  for (let i = 0; i < values.length; i++) sum[i % width]! += values[i]!;
  return Float32Array.from(sum);
}
