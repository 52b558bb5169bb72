import type {Tensor1D} from '@tensorflow/tfjs-core';
import {checkLossOptions} from '../checks/checks.js';
import {checkTerm} from '../formula/checkedTerm.js';
import type {Term} from '../formula/term.js';
import type {LossInputs} from './inputs.js';
import {type JsonValue, Loss, type LossConfig} from './loss.js';
import type {Given, Option, OptionTable} from './options.js';
import {PARTS, type Part} from './parts.js';
import {weightedLoss} from './weightedLoss.js';

/**
 * A loss that is its formula: a table of options, and a method `term(options)` that makes a {@link Term} of them. Checks, config
 * and the readable formula come with it. So does the gradient, on every backend, and in a combination it is computed in one
 * operation with the other terms.
 *
 * @typeParam V - The options.
 *
 * @example
 * ```ts
 * import {direction, FormulaLoss, numberOption, type Term} from 'tfjs-losses';
 *
 * // ‖x‖(cos θ_y − m) in the place of the true class's logit.
 * class DirectionMargin extends FormulaLoss<{margin: number}> {
 *   constructor(options: {margin?: number} = {}) {
 *     super('directionMargin', {margin: numberOption(0.2, 'm', {atLeast: 0})}, options);
 *   }
 *   protected term({margin}: {margin: number}): Term {
 *     return {
 *       logits: direction,
 *       numbers: {margin},
 *       margin: ({sub}, {cosine}, number) => sub(cosine, number('margin')),
 *     };
 *   }
 * }
 * String(new DirectionMargin({margin: 0.3})); // directionMargin(m=0.3)
 * ```
 */
export abstract class FormulaLoss<V extends object> extends Loss {
  /** @internal */
  static override readonly sharedName: string = 'tfjs-losses/FormulaLoss';

  readonly #table: OptionTable<V>;
  readonly #options: Readonly<V>;
  #parts: readonly Part[] | undefined;

  /**
   * @param name - The name of the loss.
   * @param table - Its options.
   * @param given - Those that the user gave.
   * @throws TypeError if an option is unknown; whatever the options' own checks throw.
   */
  constructor(name: string, table: OptionTable<V>, given: Given<V>) {
    super(name);
    const names = Object.keys(table) as (keyof V & string)[];
    checkLossOptions(name, given, names);
    const options: Partial<V> = {};
    for (const option of names) {
      const value = given[option] === undefined ? table[option].default : given[option];
      table[option].check(name, option, value);
      options[option] = value as V[typeof option];
    }
    this.#table = table;
    this.#options = Object.freeze(options as V);
  }

  /** The options, defaults filled in. */
  get options(): Readonly<V> {
    return this.#options;
  }

  /** The loss as data. Called once. */
  protected abstract term(options: Readonly<V>): Term;

  /** @internal */
  get [PARTS](): readonly Part[] {
    if (!this.#parts) {
      const term = this.term(this.#options);
      checkTerm(this.name, term);
      this.#parts = [{weight: 1, owner: this.name, term}];
    }
    return this.#parts;
  }

  /** Whether the logits of the loss leave out the lengths of the weights. */
  override get trainsAnglesOnly(): boolean {
    return this[PARTS].every((part) => 'term' in part && part.term.logits.kind !== 'plain');
  }

  compute(inputs: LossInputs): Tensor1D {
    return weightedLoss(inputs, this[PARTS]);
  }

  getConfig(): LossConfig {
    const options = this.#entries().map(
      ([name, {toJson}, value]) => [name, toJson ? toJson(this.name, value) : (value as JsonValue)] as const,
    );
    return {
      name: this.name,
      ...Object.fromEntries(options.flatMap(([name, json]) => (json === undefined ? [] : [[name, json]]))),
    };
  }

  override toString(): string {
    const shown = this.#entries().flatMap(
      ([, {symbol, isAlwaysShown, print = String, default: standard}, value]) => {
        const text = print(value);
        return isAlwaysShown || text !== print(standard) ? [`${symbol}=${text}`] : [];
      },
    );
    return shown.length === 0 ? this.name : `${this.name}(${shown.join(', ')})`;
  }

  #entries(): [name: string, option: Option<V[keyof V]>, value: V[keyof V]][] {
    return (Object.keys(this.#table) as (keyof V & string)[]).map((name) => [
      name,
      this.#table[name] as Option<V[keyof V]>,
      this.#options[name],
    ]);
  }
}
