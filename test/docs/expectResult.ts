import {runInNewContext} from 'node:vm';
import {expect, vi} from 'vitest';

/**
 * Expects that `run` gives what the comment behind it says: what it prints, if it prints anything, or what it returns, or,
 * after `throws`, the error. In texts … stands for anything; numbers need to agree in the digits that are shown.
 */
export async function expectResult(run: () => Promise<unknown>, comment: string): Promise<void> {
  const log = vi.spyOn(console, 'log').mockClear();
  const outcome = await run().then(
    (value) => ({value, threw: null}),
    (error: unknown) => ({value: undefined, threw: String(error)}),
  );
  const printed = log.mock.calls.map((values) => values.join(' ')).join('\n');
  const expectsError = comment.startsWith('throws ');
  if (outcome.threw !== null && !expectsError)
    throw new Error(`said: ${comment}\ngot the error: ${outcome.threw}`);
  const actual = outcome.threw ?? (printed === '' ? outcome.value : tidyPrinted(printed));
  const expected = expectsError ? comment.slice('throws '.length) : comment;
  expect(agrees(actual, literal(expected)), `said: ${expected}\ngot:  ${shown(actual)}`).toBe(true);
}

/** A printed tensor as the array that it shows; other output as it is. */
function tidyPrinted(printed: string): unknown {
  return literal(printed.replace(/^Tensor\s+/, ''));
}

/** The value of a text that is JavaScript, such as `[0.5]`; the text if it is none. */
function literal(text: string): unknown {
  try {
    return runInNewContext(`(${text})`, {});
  } catch {
    return text;
  }
}

function agrees(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'number') {
    if (Number.isNaN(expected)) return Number.isNaN(actual);
    return typeof actual === 'number' && Math.abs(actual - expected) <= tolerance(expected);
  }
  if (typeof expected === 'string') {
    return matches(String(actual), expected);
  }
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((element, i) => agrees(actual[i], element))
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    const names = (value: object) => Object.keys(value).sort().join();
    return (
      typeof actual === 'object' &&
      actual !== null &&
      names(actual) === names(expected) &&
      Object.entries(expected).every(([name, value]) =>
        agrees((actual as Record<string, unknown>)[name], value),
      )
    );
  }
  return Object.is(actual, expected);
}

/** Half a unit of the last digit shown; next to nothing for integers, which show all they have. */
function tolerance(shownNumber: number): number {
  const decimals = /\.(\d+)$/.exec(String(shownNumber))?.[1];
  return decimals === undefined
    ? 1e-6 * Math.max(1, Math.abs(shownNumber))
    : 0.5000001 * 10 ** -decimals.length;
}

function matches(actual: string, pattern: string): boolean {
  const parts = pattern.split('…').map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(actual.trim());
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
