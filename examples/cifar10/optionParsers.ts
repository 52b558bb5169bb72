import {dirname, resolve} from 'node:path';
import {InvalidArgumentError} from 'commander';

/** What commander says is: option … argument '…' is invalid. Expected … */
function expected(what: string): never {
  throw new InvalidArgumentError(`Expected ${what}.`);
}

export function integerAtLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const isValid = text.trim() !== '' && Number.isSafeInteger(value) && value >= least;
    return isValid ? value : expected(`an integer >= ${least}`);
  };
}

export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
}

export function numberIn({above, atLeast, below}: NumberRange): (text: string) => number {
  const bounds = [
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(atLeast === undefined ? [] : [`>= ${atLeast}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ].join(' and ');
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const isValid =
      Number.isFinite(value) &&
      value > (above ?? Number.NEGATIVE_INFINITY) &&
      value >= (atLeast ?? Number.NEGATIVE_INFINITY) &&
      value < (below ?? Number.POSITIVE_INFINITY);
    return isValid ? value : expected(`a number ${bounds}`);
  };
}

/** `100x5` is five layers of 100 units, `512,256` a layer of 512 and one of 256; both may be mixed. */
export function hiddenLayers(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*([1-9]\d{0,5})(?:x([1-9]\d?))?\s*$/.exec(part);
    if (match === null)
      return expected('units and layers such as 100x5, or units of each layer such as 512,256');
    return Array<number>(Number(match[2] ?? 1)).fill(Number(match[1]));
  });
}

/** For an option that takes several values. */
export function eachOf<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** A file or folder, by a name that is relative to where the user typed it: `npm run` goes to the package's folder first. */
export function path(text: string): string {
  const {INIT_CWD, npm_package_json} = process.env;
  const byNpm = npm_package_json !== undefined && dirname(npm_package_json) === process.cwd();
  if (text.trim() === '') return expected('the name of a file or folder');
  return resolve((byNpm && INIT_CWD) || '.', text);
}

/** Checks an expression by parsing it, and keeps the text. */
export function parsable(parse: (text: string) => unknown): (text: string) => string {
  return (text) => {
    try {
      parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`\n${(error as Error).message}`);
    }
    return text;
  };
}
