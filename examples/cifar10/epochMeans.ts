import type {ObservedTerm} from './lossTerms.js';

/** Means over the images of an epoch, so far. */
export class EpochMeans {
  readonly #terms: readonly ObservedTerm[];
  readonly #termSums: number[];
  #images = 0;
  #correct = 0;

  constructor(terms: readonly ObservedTerm[]) {
    this.#terms = terms;
    this.#termSums = terms.map(() => 0);
  }

  /** Takes in the batch on which the terms have just been computed. */
  add(images: number, correct: number): void {
    this.#images += images;
    this.#correct += correct;
    this.#terms.forEach(({latest}, index) => {
      this.#termSums[index]! += latest * images;
    });
  }

  get accuracy(): number {
    return this.#correct / this.#images;
  }

  /** Before their weights. */
  get termLosses(): readonly number[] {
    return this.#termSums.map((sum) => sum / this.#images);
  }

  get loss(): number {
    return this.termLosses.reduce((sum, mean, index) => sum + this.#terms[index]!.weight * mean, 0);
  }
}
