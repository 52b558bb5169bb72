import {checkNumber, describe} from '../checks/checks.js';
import type {Arithmetic} from './arithmetic.js';

/**
 * The largest factor of the angle that a loss takes. The error of ψ in float32, relative to max(1, |ψ|), was measured as 2e-7 at
 * m = 4, 2e-4 at 100 and 9e-3 at 1000; and the time that ψ takes grows in proportion to m, to 12 s for a batch at m = 1,000,000.
 */
export const LARGEST_FACTOR = 100;

/**
 * The margin function ψ of L-Softmax and A-Softmax, in plain JavaScript: for plots, documentation and tests.
 *
 * ```math
 * ψ(θ) = (−1)^k \cos(mθ) − 2k \quad \text{for } θ ∈ [kπ/m, (k+1)π/m], \quad k = 0 … m − 1
 * ```
 *
 * It falls from 1 at an angle of 0 to 1 − 2m at π, strictly and without a jump, and never exceeds the cosine.
 *
 * @param theta - The angle θ between features and weights, in radians, in [0, π].
 * @param m - The margin, an integer ≥ 1. At m = 1, ψ is the cosine.
 * @returns ψ(θ), in [1 − 2m, 1].
 * @throws RangeError if θ is outside [0, π] or m is not an integer ≥ 1; TypeError if either is not a number.
 *
 * @example
 * ```ts
 * import {psi} from 'tfjs-losses';
 *
 * psi(0, 4); // 1
 * psi(Math.PI, 4); // -7
 * ```
 *
 * @see Liu et al., "Large-Margin Softmax Loss for Convolutional Neural Networks", ICML 2016, eq. 6.
 */
export function psi(theta: number, m: number): number {
  checkNumber('psi', 'm', m, {atLeast: 1, integer: true});
  checkAngle(theta);
  const k = Math.min(Math.floor((theta * m) / Math.PI), m - 1);
  return (k % 2 === 0 ? 1 : -1) * Math.cos(m * theta) - 2 * k;
}

function checkAngle(theta: unknown): void {
  const message = `psi: theta must be an angle in [0, π] radians, got ${describe(theta)}`;
  if (typeof theta !== 'number') throw new TypeError(message);
  if (!(theta >= 0 && theta <= Math.PI)) throw new RangeError(message);
}

/**
 * ψ as a function of c = cos θ, where it needs no arccos: cos(mθ) is the Chebyshev polynomial T_m(c), and k the number of i in
 * 1 … m − 1 with c ≤ cos(iπ/m). So its derivative is not singular at c = ±1, where that of arccos is.
 */
export function psiOfCosine<T>(a: Arithmetic<T>, cosine: T, m: number): T {
  const bounds = Array.from({length: m - 1}, (_, i) => Math.cos(((i + 1) * Math.PI) / m));
  const steps = Array.from({length: m}, (_, k) => k);
  const sign = a.stairs(
    cosine,
    bounds,
    steps.map((k) => (k % 2 === 0 ? 1 : -1)),
  );
  const twiceK = a.stairs(
    cosine,
    bounds,
    steps.map((k) => 2 * k),
  );
  return a.sub(a.mul(sign, chebyshev(a, cosine, m)), twiceK);
}

/** T_m(c), from T_k and T_{k+1} for the leading binary digits k of m: T_{2k} = 2T_k² − 1, T_{2k+1} = 2·T_k·T_{k+1} − c. */
function chebyshev<T>(a: Arithmetic<T>, c: T, m: number): T {
  const twice = (x: T, y: T) => a.mul(a.mul(x, y), 2);
  let [current, next] = [c, a.sub(twice(c, c), 1)];
  for (const digit of m.toString(2).slice(1)) {
    const odd = a.sub(twice(current, next), c);
    [current, next] =
      digit === '0' ? [a.sub(twice(current, current), 1), odd] : [odd, a.sub(twice(next, next), 1)];
  }
  return current;
}

/**
 * cos φ for φ in [0, π], continued so that it goes on falling: (−1)^k cos φ − 2k for φ ∈ [kπ, (k+1)π]. It is continuously
 * differentiable, and ψ(θ) is its value at φ = mθ.
 *
 * @param largest - What φ does not exceed.
 */
export function fallingCosine<T>(a: Arithmetic<T>, phi: T, largest: number): T {
  const count = Math.max(0, Math.ceil(largest / Math.PI) - 1);
  const bounds = Array.from({length: count}, (_, i) => (i + 1) * Math.PI);
  const steps = Array.from({length: count + 1}, (_, below) => count - below);
  const sign = a.stairs(
    phi,
    bounds,
    steps.map((k) => (k % 2 === 0 ? 1 : -1)),
  );
  return a.sub(
    a.mul(sign, a.cos(phi)),
    a.stairs(
      phi,
      bounds,
      steps.map((k) => 2 * k),
    ),
  );
}

/** The cosine of an angle, and its sine. */
interface CosineAndSine<T> {
  readonly cosine: T;
  readonly sine: T;
}

/** The same at φ = θ + m, for θ in [0, π] and m in [0, π), of their cosines and sines: there is no angle in it, which would be less exact near 0. */
export function fallingCosineOfSum<T>(
  {add, sub, mul, select, isAtMost}: Arithmetic<T>,
  theta: CosineAndSine<T>,
  margin: CosineAndSine<T>,
): T {
  const cosineOfSum = sub(mul(theta.cosine, margin.cosine), mul(theta.sine, margin.sine));
  const isBeyond = isAtMost(add(theta.cosine, margin.cosine), 0);
  return select(isBeyond, sub(-2, cosineOfSum), cosineOfSum);
}
