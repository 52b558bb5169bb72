import {describe} from '../checks/checks.js';
import {plain, type Term} from '../formula/term.js';
import {isLoss, type Loss} from './loss.js';
import type {Option} from './options.js';
import {partsOf} from './parts.js';

/** The option that losses have which are a function of $`p_y`$ alone. */
export interface BaseOptions {
  /**
   * The loss that defines $`p_y`$: any that is cross-entropy with or without a margin, such as `arcface()`. Its logits, its
   * margin and its scale or λ are used. @defaultValue softmax()
   */
  readonly base?: Loss | undefined;
}

export const baseOption: Option<Loss | undefined> = {
  default: undefined,
  symbol: 'base',
  check(owner, _, given) {
    if (given === undefined) return;
    if (!isLoss(given)) {
      throw new TypeError(`${owner}: base must be a loss such as arcface(), got ${describe(given)}`);
    }
    if (!crossEntropyOf(given)) {
      throw new TypeError(
        `${owner}: base must be the cross-entropy of one class, such as softmax() without labelSmoothing, lsoftmax() or ` +
          `arcface(), got ${given}; for the sum of two losses use combined([[1, first], [1, second]])`,
      );
    }
  },
  toJson: (_, base) => base?.getConfig(),
};

/** A term of the probability that the base gives the true class. */
export function termOn(base: Loss | undefined, {loss, numbers = {}}: Pick<Term, 'loss' | 'numbers'>): Term {
  const {softLabels: _, ...own} = (base && crossEntropyOf(base)) ?? {logits: plain};
  // Two sets of numbers in one: those of the loss get names of their own.
  const renamed = Object.entries(numbers).map(([name, value]) => [`loss ${name}`, value] as const);
  return {
    ...own,
    numbers: {...own.numbers, ...Object.fromEntries(renamed)},
    loss: (a, row, number) => loss!(a, row, (name) => number(`loss ${name}`)),
  };
}

/** The term of a loss that is one cross-entropy and nothing else. */
function crossEntropyOf(base: Loss): Term | undefined {
  const [part, ...others] = partsOf(base);
  const isOne = part && others.length === 0 && part.weight === 1 && 'term' in part;
  return isOne && part.term.loss === undefined ? part.term : undefined;
}
