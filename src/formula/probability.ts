import type {Arithmetic} from './arithmetic.js';

/** Beyond this a, $`e^{−a}`$ is less than half of the smallest float32. */
export const LARGEST_EXPONENT = 104;

/**
 * $`1 − e^{−a}`$ for a ≥ 0, to the last digit: of a cross-entropy it is $`1 − p_y`$. It stays at 1 where a is so large that
 * $`e^{−a}`$ is no number any more.
 */
export function complement<T>({expm1, min, mul}: Arithmetic<T>, a: T): T {
  return mul(expm1(mul(min(a, LARGEST_EXPONENT), -1)), -1);
}
