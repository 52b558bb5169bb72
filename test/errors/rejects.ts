import {expect, it} from 'vitest';
import {tensorMemory} from '../support/memory.js';

/** A mistake: what is wrong, how it is made, and the error that says so, word for word. */
export type Mistake = readonly [
  what: string,
  make: () => unknown,
  type: typeof TypeError | typeof RangeError,
  message: string,
];

/** Tests that each mistake gets its error, and leaves no tensor behind. `make` itself must create none. */
export function rejects(mistakes: readonly Mistake[]): void {
  it.each(mistakes)('%s', (_, make, type, message) => {
    const before = tensorMemory();
    const error = errorOf(make);
    expect(error.message).toBe(message);
    expect(error).toBeInstanceOf(type);
    expect(tensorMemory()).toEqual(before);
  });
}

/** The error that a function throws. */
export function errorOf(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** A value of a type that TypeScript would not let pass. */
export function wrong(value: unknown): never {
  return value as never;
}
