import type {Tensor1D} from '@tensorflow/tfjs-core';
import {Loss} from './loss.js';
import type {LossInputs} from './lossInputs.js';
import {type LossTerm, TERMS, type WeightedTerm} from './terms.js';
import {weightedLoss} from './weightedLoss.js';

/** A loss that is a single term. */
export abstract class TermLoss extends Loss {
  /**
   * The loss as data, for these inputs.
   *
   * @internal
   */
  protected abstract term(inputs: LossInputs): LossTerm;

  /** @internal */
  [TERMS](inputs: LossInputs, weight: number): readonly WeightedTerm[] {
    return [{...this.term(inputs), weight}];
  }

  compute(inputs: LossInputs): Tensor1D {
    return weightedLoss(inputs, this[TERMS](inputs, 1));
  }
}
