import {Tensor} from '@tensorflow/tfjs-core';

/**
 * Checks of options, shared by everything that a user constructs. Each error says what was expected, what came,
 * and, where it is not obvious, the remedy.
 */

/** `value` as it should appear in an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `the string '${shortened(value)}'`;
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'Object'})`;
  return String(value);
}

/** The beginning of a long text. */
function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What to do about a value in place of a tensor, for the end of a message: nothing is said of what holds no numbers. */
export function tensorRemedy(value: unknown): string {
  if (isSymbolic(value)) {
    return '; a symbolic tensor has no numbers: in a model use layers, such as marginDense({units: …})';
  }
  return Array.isArray(value) || ArrayBuffer.isView(value) ? '; make it one with tf.tensor()' : '';
}

/** Whether `value` is a symbolic tensor, of whatever copy of tfjs-layers. */
export function isSymbolic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sourceLayer' in value && 'shape' in value;
}

/** Rejects anything but a plain options object whose keys are all known. An option that is undefined counts as left out. */
export function checkOptions(owner: string, options: unknown, known: readonly string[], remedy = ''): void {
  if (!isPlainObject(options)) {
    const expected = known.length === 0 ? 'left out' : `an object such as {${known[0]}: …}`;
    throw new TypeError(`${owner}: the options must be ${expected}, got ${describe(options)}${remedy}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(name)) {
      const all = known.length === 0 ? 'there are none' : `the options are ${known.join(', ')}`;
      throw new TypeError(`${owner}: unknown option '${name}'; ${all}`);
    }
  }
}

/** The same for a loss, which is easily taken for the function that makes it. */
export function checkLossOptions(name: string, options: unknown, known: readonly string[]): void {
  const remedy = `; ${name}(options) makes a loss, which is then called with (labels, output): use ${name}()`;
  checkOptions(name, options, known, options instanceof Tensor ? remedy : '');
}

/** Made by `{…}`, here or in another realm. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The range of a number, for its check. */
export interface NumberRange {
  /** Smallest value allowed. */
  readonly atLeast?: number;
  /** What the value must exceed. */
  readonly above?: number;
  /** Largest value allowed. */
  readonly atMost?: number;
  /** Smallest value no longer allowed. */
  readonly below?: number;
  /** Whether only integers are allowed. */
  readonly integer?: boolean;
  /** What is allowed beside numbers, for the message. */
  readonly or?: string;
}

/** Rejects anything but a finite number in `range`. */
export function checkNumber(owner: string, name: string, value: unknown, range: NumberRange): void {
  const bounds = [
    ...(range.atLeast === undefined ? [] : [`>= ${range.atLeast}`]),
    ...(range.above === undefined ? [] : [`> ${range.above}`]),
    ...(range.atMost === undefined ? [] : [`<= ${range.atMost}`]),
    ...(range.below === undefined ? [] : [`< ${range.below}`]),
  ].join(' and ');
  const number = `${range.integer ? 'an integer' : 'a finite number'} ${bounds}`.trimEnd();
  const expected = range.or === undefined ? number : `${number} or ${range.or}`;
  const message = `${owner}: ${name} must be ${expected}, got ${describe(value)}`;
  if (typeof value !== 'number') throw new TypeError(message);
  const valid =
    Number.isFinite(value) &&
    (!range.integer || Number.isInteger(value)) &&
    value >= (range.atLeast ?? Number.NEGATIVE_INFINITY) &&
    value > (range.above ?? Number.NEGATIVE_INFINITY) &&
    value <= (range.atMost ?? Number.POSITIVE_INFINITY) &&
    value < (range.below ?? Number.POSITIVE_INFINITY);
  if (!valid) throw new RangeError(message);
}

/** Rejects anything but a boolean. */
export function checkBoolean(owner: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${owner}: ${name} must be true or false, got ${describe(value)}`);
  }
}
