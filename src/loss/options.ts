import {checkBoolean, checkNumber, describe, type NumberRange} from '../checks/checks.js';
import type {Scale} from '../formula/term.js';
import type {JsonValue} from './loss.js';

/** One option of a loss: its default, how it is checked, and how it is written. */
export interface Option<V> {
  /** What it is if the user gives none. */
  readonly default: V;
  /** As the formula of the loss has it: 'm', 'λ'. */
  readonly symbol: string;
  /** Whether the formula names it even where it has its default. @defaultValue false */
  readonly isAlwaysShown?: boolean;
  /** Throws a TypeError or RangeError unless the value is allowed. */
  check(owner: string, name: string, value: unknown): void;
  /** The value as JSON, undefined if the config leaves it out; without this, the value itself. */
  toJson?(owner: string, value: V): JsonValue | undefined;
  /** The value in the formula; left out, `String(value)`. */
  print?(value: V): string;
}

/** The options of a loss by their names. */
export type OptionTable<V extends object> = {readonly [K in keyof V]-?: Option<V[K]>};

/** What a user gives: any of the options. */
export type Given<V extends object> = {readonly [K in keyof V]?: V[K] | undefined};

/**
 * An option that is a number.
 *
 * @param value - The default.
 * @param symbol - As the formula has it.
 * @param range - What is allowed.
 */
export function numberOption(
  value: number,
  symbol: string,
  range: NumberRange,
  isAlwaysShown = true,
): Option<number> {
  return {
    default: value,
    symbol,
    isAlwaysShown,
    check: (owner, name, given) => checkNumber(owner, name, given, range),
  };
}

/** An option that is on or off; the formula names it where it is not as by default. */
export function booleanOption(value: boolean, symbol: string): Option<boolean> {
  return {default: value, symbol, check: checkBoolean};
}

/** An option that is a number or, by default, `'auto'`. */
export function autoOption(symbol: string, range: NumberRange): Option<number | 'auto'> {
  return {
    default: 'auto',
    symbol,
    check(owner, name, given) {
      if (given !== 'auto') checkNumber(owner, name, given, {...range, or: "'auto'"});
    },
  };
}

/** An option that is one of some strings; the formula names it where it is not as by default. */
export function choiceOption<V extends string>(value: V, symbol: string, choices: readonly V[]): Option<V> {
  return {
    default: value,
    symbol,
    check(owner, name, given) {
      if (choices.includes(given as V)) return;
      const expected = choices.map((choice) => `'${choice}'`).join(' or ');
      throw new TypeError(`${owner}: ${name} must be ${expected}, got ${describe(given)}`);
    },
  };
}

/** The option `counts` of a loss, which has no default: the number of training examples of each class. */
export const countsOption: Option<readonly number[]> = {
  default: [],
  symbol: 'n',
  isAlwaysShown: true,
  check(owner, name, given) {
    if (!Array.isArray(given) || given.length === 0) {
      throw new TypeError(
        `${owner}: ${name} must be a list with the number of training examples of each class, such as [900, 90, 10], ` +
          `got ${describe(given)}${ArrayBuffer.isView(given) ? '; make it one with Array.from()' : ''}`,
      );
    }
    // Array.from makes the holes of a sparse list undefined, which forEach alone would skip.
    Array.from<unknown>(given).forEach((count, j) => {
      checkNumber(owner, `${name}[${j}]`, count, {above: 0});
    });
  },
  print: (counts) => `[${counts.join(', ')}]`,
};

/** The option `scale` of a loss of cosines: a number > 0, or `'auto'`, which follows the number of classes. */
export const scaleOption: Option<Scale> = autoOption('s', {above: 0});
