/**
 * The operations that a formula is written in. A formula is a function over this interface: it is recorded once, its
 * derivative is taken from the record, and every backend runs both.
 *
 * `T` stands for one number per example. Plain numbers are constants of the formula; a number that changes between losses or
 * steps belongs in the term's `numbers`, so that graphics processors do not compile a new program for each value.
 */
export interface Arithmetic<T> {
  /** a + b */
  add(a: T | number, b: T | number): T;
  /** a − b */
  sub(a: T | number, b: T | number): T;
  /** a · b */
  mul(a: T | number, b: T | number): T;
  /** a / b, and 0 where b is 0. */
  div(a: T | number, b: T | number): T;
  /** The larger of two numbers. */
  max(a: T | number, b: T | number): T;
  /** The smaller of two numbers. */
  min(a: T | number, b: T | number): T;
  /** $`e^a`$ */
  exp(a: T | number): T;
  /** $`e^a − 1`$, accurate for small a. */
  expm1(a: T | number): T;
  /** The natural logarithm of a > 0. */
  log(a: T | number): T;
  /** The square root of a ≥ 0, with the derivative 0 at 0. */
  sqrt(a: T | number): T;
  /** The sine of an angle in radians. */
  sin(a: T | number): T;
  /** The cosine of an angle in radians. */
  cos(a: T | number): T;
  /** The angle of the point (x, y), in (−π, π]. */
  atan2(y: T | number, x: T | number): T;
  /** 1 where a ≤ b, else 0. Its derivative is 0. */
  isAtMost(a: T | number, b: T | number): T;
  /** `a` where the condition is 1, `b` where it is 0. */
  select(condition: T, a: T | number, b: T | number): T;
  /**
   * A step function: `values[k]`, with k the number of `bounds` that a is at most. There is one more value than bounds. Its
   * derivative is 0.
   */
  stairs(a: T, bounds: readonly number[], values: readonly number[]): T;
  /** $`\log(1 + \text{sum}·e^{−\text{gap}})`$ for a sum ≥ 0, accurate for every gap. */
  crossEntropy(sum: T | number, gap: T | number): T;
  /** The same value, which counts as a constant in the derivative. */
  detached(a: T): T;
}

/** An operation of {@link Arithmetic}. */
export type OperationName = Exclude<keyof Arithmetic<unknown>, 'detached'> | 'crossEntropySlope';
