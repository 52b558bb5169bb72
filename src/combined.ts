import type {Tensor1D} from '@tensorflow/tfjs-core';
import {checkNumber, describe} from './checks/checks.js';
import {LARGEST} from './kernels/limits.js';
import type {LossInputs} from './loss/inputs.js';
import {isLoss, Loss, type LossConfig} from './loss/loss.js';
import {PARTS, type Part, partsOf} from './loss/parts.js';
import {weightedLoss} from './loss/weightedLoss.js';

/** One term of a combination. */
export interface CombinedTerm {
  /** w_i, a finite number ≥ 0. */
  readonly weight: number;
  /** L_i. */
  readonly loss: Loss;
}

/**
 * A term as {@link combined} takes it: a pair [weight, loss], or one of the `terms` of a combination. The type of the pair is that of
 * a list declared without `as const`; that the weight comes first is checked when the combination is made.
 */
export type CombinedTermLike = CombinedTerm | readonly (number | Loss)[];

/**
 * A weighted combination of losses.
 *
 * ```math
 * L = ∑_i w_i L_i \qquad ∂L = ∑_i w_i\,∂L_i
 * ```
 *
 * Losses with different weaknesses can compensate for each other. The terms share common work: the norms, the cosine and the
 * exponentials are computed once, and a term of weight 0 is not computed at all. Combinations nest, and the weights need not sum
 * to 1.
 *
 * Labels and output: as the terms take them; the logits of `marginDense` or `marginLogits` if one of them is a margin
 * loss. Result: [batch, …].
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {asoftmax, combined, hinge, lsoftmax, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, inputShape: [8]})]});
 * const loss = combined([
 *   [0.25, hinge()],
 *   [0.65, lsoftmax({m: 4})],
 *   [0.34, asoftmax({m: 4})],
 * ]);
 * model.compile({optimizer: 'sgd', loss, metrics: ['accuracy']});
 * String(loss); // 0.25·hinge(Δ=1) + 0.65·lsoftmax(m=4) + 0.34·asoftmax(m=4)
 * ```
 *
 * @see Prabhu & Shelke, "Exploiting Loss Function Properties for Improved Performance".
 */
export class CombinedLoss extends Loss {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/CombinedLoss';

  readonly #terms: readonly CombinedTerm[];
  #parts: readonly Part[] | undefined;

  /**
   * @param terms - Pairs of weight and loss, or terms of another combination.
   * @throws TypeError if `terms` is not a list of these; RangeError if it is empty, or a weight is negative
   * or not finite, or all weights are 0.
   */
  constructor(terms: readonly CombinedTermLike[]) {
    super('combined');
    this.#terms = Object.freeze(checkedTerms(terms));
  }

  /** The terms, in the order given. */
  get terms(): readonly CombinedTerm[] {
    return this.#terms;
  }

  override get trainsAnglesOnly(): boolean {
    return this.#terms.every(({weight, loss}) => weight === 0 || loss.trainsAnglesOnly);
  }

  /**
   * Those of all terms, nested ones with the weights multiplied.
   *
   * @internal
   */
  get [PARTS](): readonly Part[] {
    this.#parts ??= this.#terms
      .filter(({weight}) => weight > 0)
      .flatMap(({weight, loss}) => partsOf(loss).map((part) => ({...part, weight: weight * part.weight})));
    return this.#parts;
  }

  compute(inputs: LossInputs): Tensor1D {
    return weightedLoss(inputs, this[PARTS]);
  }

  getConfig(): LossConfig {
    return {
      name: this.name,
      terms: this.#terms.map(({weight, loss}) => ({weight, loss: loss.getConfig()})),
    };
  }

  override toString(): string {
    return this.#terms
      .map(({weight, loss}) => `${weight}·${'terms' in loss ? `(${loss})` : loss}`)
      .join(' + ');
  }
}

/**
 * A weighted combination of losses: see {@link CombinedLoss}.
 *
 * @param terms - Pairs of weight and loss, or terms of another combination: `combined([...other.terms, [0.5, hinge()]])`.
 */
export function combined(terms: readonly CombinedTermLike[]): CombinedLoss {
  return new CombinedLoss(terms);
}

function checkedTerms(given: unknown): CombinedTerm[] {
  const expected = 'expected a list of pairs [weight, loss] such as [[0.5, hinge()], [0.5, softmax()]]';
  if (!Array.isArray(given)) throw new TypeError(`combined: ${expected}, got ${describe(given)}`);
  if (given.length === 0) throw new RangeError(`combined: ${expected}, got an empty list`);
  // Array.from makes the holes of a sparse list undefined, which map alone would skip.
  const terms = Array.from(given, (term: unknown, i) => {
    const pair = isTerm(term) ? [term.weight, term.loss] : term;
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError(`combined: ${expected}; term ${i} is ${describe(term)}`);
    }
    const [weight, loss]: unknown[] = pair;
    checkNumber('combined', `the weight of term ${i}`, weight, {atLeast: 0});
    if (!isLoss(loss)) {
      throw new TypeError(
        `combined: the loss of term ${i} must be a Loss such as softmax(), got ${describe(loss)}; ` +
          'extend Loss to make a term of your own',
      );
    }
    checkProducts(weight as number, loss, i);
    return Object.freeze({weight: weight as number, loss});
  });
  if (terms.every(({weight}) => weight === 0)) {
    throw new RangeError('combined: at least one weight must be above 0, got only 0');
  }
  return terms;
}

function isTerm(value: unknown): value is CombinedTerm {
  return typeof value === 'object' && value !== null && 'weight' in value && 'loss' in value;
}

/** Rejects a weight that is beyond float32, or becomes so when multiplied by the weights of nested terms. */
function checkProducts(weight: number, loss: Loss, i: number): void {
  if (weight === 0) return;
  for (const part of partsOf(loss)) {
    if (weight * part.weight <= LARGEST) continue;
    const nested = part.weight === 1 ? '' : ` and multiplies the weight ${part.weight} of a nested term`;
    throw new RangeError(
      `combined: the weight of term ${i} is ${weight}${nested}, which exceeds the largest float32, 3.4e38; use smaller weights`,
    );
  }
}
