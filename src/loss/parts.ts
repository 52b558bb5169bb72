import {Tensor, type Tensor1D} from '@tensorflow/tfjs-core';
import {describe} from '../checks/checks.js';
import type {WeightedTerm} from '../formula/plan.js';
import type {LossInputs} from './inputs.js';

/** What every loss can do. */
interface Computed {
  readonly name: string;
  compute(inputs: LossInputs): Tensor;
}

/** A part of a weighted sum of losses that is data. */
export type TermPart = WeightedTerm;

/** A part that is a loss of a user's own, which computes itself. */
export interface OwnPart {
  readonly weight: number;
  readonly loss: Computed;
}

export type Part = TermPart | OwnPart;

/**
 * The property that gives the parts of a loss: registered, so that two copies of this package understand each other, and with a
 * version, which goes up with every change of what it gives.
 */
export const PARTS: unique symbol = Symbol.for('tfjs-losses/3/parts') as never;

/** The parts of any loss. */
export function partsOf(loss: Computed): readonly Part[] {
  return knowsParts(loss) ? loss[PARTS] : [{weight: 1, loss}];
}

/** Whether its parts are what the loss computes: a subclass that overrides `compute` alone has the last word. */
export function knowsParts<L extends object>(loss: L): loss is L & {readonly [PARTS]: readonly Part[]} {
  for (let object: object | null = loss; object !== null; object = Object.getPrototypeOf(object)) {
    if (Object.hasOwn(object, PARTS)) return true;
    if (Object.hasOwn(object, 'compute')) return false;
  }
  return false;
}

/** `loss.compute(inputs)`, whose result is checked: it may be a user's own. */
export function computeChecked(loss: Computed, inputs: LossInputs): Tensor1D {
  if (typeof loss.compute !== 'function') {
    throw new TypeError(
      `${loss.name}: a loss must implement compute(inputs), from inputs to one value an example`,
    );
  }
  const perExample: unknown = loss.compute(inputs);
  const expected = `${loss.name}: compute() must return a tensor of one value an example, shape [${inputs.batch}]`;
  if (!(perExample instanceof Tensor)) throw new TypeError(`${expected}, got ${describe(perExample)}`);
  if (perExample.rank !== 1 || perExample.shape[0] !== inputs.batch) {
    throw new RangeError(`${expected}, got [${perExample.shape}]; sum or average over the classes only`);
  }
  return perExample as Tensor1D;
}
