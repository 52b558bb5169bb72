import * as tf from '@tensorflow/tfjs';
import {CombinedLoss, combined, type LambdaSchedule, Loss, type LossInputs} from 'tfjs-losses';

/** One term of a loss, with its mean over the last batch that was computed. */
export interface ObservedTerm {
  /** Its formula. */
  readonly term: string;
  /** Its weight in the whole, through all levels of nesting. */
  readonly weight: number;
  /** The mean over the batch, before the weight. */
  readonly latest: number;
  /** λ after so many training steps; null for a loss that has none. */
  lambdaAt(step: number): number | null;
}

/** A loss that is computed as ever, and the values of its terms at the last call. */
export interface ObservedLoss {
  readonly loss: Loss;
  readonly terms: readonly ObservedTerm[];
}

/**
 * Makes the terms of a loss visible without computing any of them twice: each is wrapped in one that notes its mean in
 * passing. The combination stays as it is, since its terms share what they have in common.
 */
export function observeTerms(loss: Loss): ObservedLoss {
  const terms: TermObserver[] = [];
  return {loss: observe(loss, 1, terms), terms};
}

function observe(loss: Loss, weight: number, terms: TermObserver[]): Loss {
  if (loss instanceof CombinedLoss) {
    const active = loss.terms.filter((term) => term.weight > 0);
    return combined(active.map((term) => [term.weight, observe(term.loss, weight * term.weight, terms)]));
  }
  const observer = new TermObserver(loss, weight);
  terms.push(observer);
  return observer;
}

class TermObserver extends Loss implements ObservedTerm {
  readonly weight: number;
  readonly #observed: Loss;
  #latest = Number.NaN;

  constructor(observed: Loss, weight: number) {
    super(observed.name);
    this.#observed = observed;
    this.weight = weight;
  }

  get term(): string {
    return String(this.#observed);
  }

  get latest(): number {
    return this.#latest;
  }

  override get trainsAnglesOnly(): boolean {
    return this.#observed.trainsAnglesOnly;
  }

  lambdaAt(step: number): number | null {
    const {lambda} = this.#observed as {lambda?: number | LambdaSchedule};
    if (lambda === undefined) return null;
    return typeof lambda === 'number' ? lambda : lambda(step);
  }

  compute(inputs: LossInputs): tf.Tensor {
    const perExample = this.#observed.compute(inputs);
    this.#latest = tf.tidy(() => tf.mean(perExample).dataSync()[0]!);
    return perExample;
  }

  getConfig(): ReturnType<Loss['getConfig']> {
    return this.#observed.getConfig();
  }
}
