import type {Arithmetic, OperationName} from './arithmetic.js';

/** The arithmetic that derivatives are written in: that of formulas, and the derivative of the cross-entropy. */
export interface SlopeArithmetic<T> extends Arithmetic<T> {
  /** e^−gap / (1 + sum·e^−gap): the derivative of `crossEntropy` with respect to the sum. */
  crossEntropySlope(sum: T | number, gap: T | number): T;
}

/** One operation: its value on numbers, and its derivatives. */
interface Operation {
  readonly value: (...args: number[]) => number;
  /** The derivative with respect to each argument, given the arguments and the result. Left out, it is 0. */
  readonly slopes?: <T>(a: SlopeArithmetic<T>, result: T, ...args: (T | number)[]) => (T | number)[];
}

/** Every operation but `stairs`, whose tables are no numbers. A derivative is a line of an operation, never of a loss. */
export const operations: Readonly<Record<Exclude<OperationName, 'stairs'>, Operation>> = {
  add: {value: (a, b) => a! + b!, slopes: () => [1, 1]},
  sub: {value: (a, b) => a! - b!, slopes: () => [1, -1]},
  mul: {value: (a, b) => a! * b!, slopes: (_, __, a, b) => [b!, a!]},
  div: {
    value: (a, b) => (b === 0 ? 0 : a! / b!),
    slopes: ({div, mul}, result, _, b) => [div(1, b!), mul(div(result, b!), -1)],
  },
  max: {
    value: (a, b) => Math.max(a!, b!),
    slopes: ({isAtMost, sub}, _, a, b) => {
      const isSecond = isAtMost(a!, b!);
      return [sub(1, isSecond), isSecond];
    },
  },
  min: {
    value: (a, b) => Math.min(a!, b!),
    slopes: ({isAtMost, sub}, _, a, b) => {
      const isFirst = isAtMost(a!, b!);
      return [isFirst, sub(1, isFirst)];
    },
  },
  exp: {value: Math.exp, slopes: (_, result) => [result]},
  expm1: {value: Math.expm1, slopes: ({exp}, _, a) => [exp(a!)]},
  log: {value: Math.log, slopes: ({div}, _, a) => [div(1, a!)]},
  sqrt: {value: Math.sqrt, slopes: ({div}, result) => [div(0.5, result)]},
  sin: {value: Math.sin, slopes: ({cos}, _, a) => [cos(a!)]},
  cos: {value: Math.cos, slopes: ({mul, sin}, _, a) => [mul(sin(a!), -1)]},
  atan2: {
    value: Math.atan2,
    slopes: ({add, div, mul}, _, y, x) => {
      const square = add(mul(x!, x!), mul(y!, y!));
      return [div(x!, square), mul(div(y!, square), -1)];
    },
  },
  isAtMost: {value: (a, b) => Number(a! <= b!)},
  select: {
    value: (condition, a, b) => (condition === 0 ? b! : a!),
    slopes: ({sub}, _, condition) => [0, condition!, sub(1, condition!)],
  },
  crossEntropy: {
    value: (sum, gap) => crossEntropyBy(Math.exp, sum!, gap!),
    slopes: ({crossEntropySlope, mul}, _, sum, gap) => {
      const slope = crossEntropySlope(sum!, gap!);
      return [slope, mul(mul(sum!, slope), -1)];
    },
  },
  crossEntropySlope: {value: (sum, gap) => crossEntropySlopeBy(Math.exp, sum!, gap!)},
};

/** The operation that `stairs` is, on a number. */
export function stairsAt(a: number, bounds: readonly number[], values: readonly number[]): number {
  return values[bounds.filter((bound) => a <= bound).length]!;
}

/** Made of e^−|gap|, which cannot overflow; log1p keeps the digits of a small loss. */
export function crossEntropyBy(exp: (x: number) => number, sum: number, gap: number): number {
  const odds = exp(-Math.abs(gap));
  return gap >= 0 ? Math.log1p(sum * odds) : Math.log(sum + odds) - gap;
}

export function crossEntropySlopeBy(exp: (x: number) => number, sum: number, gap: number): number {
  const odds = exp(-Math.abs(gap));
  return gap >= 0 ? odds / (1 + sum * odds) : 1 / (sum + odds);
}
