import type {Arithmetic} from './arithmetic.js';
import {checkNumber, describe} from './checks.js';

/**
 * The margin function ψ of L-Softmax and A-Softmax, in plain JavaScript: for plots, documentation and tests.
 *
 * ψ(θ) = (−1)^k · cos(mθ) − 2k for θ ∈ [kπ/m, (k+1)π/m], k = 0 … m − 1
 *
 * It falls from 1 at θ = 0 to 1 − 2m at θ = π, strictly and without a jump, and never exceeds cos θ.
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

/** ψ and its derivative, both as functions of c = cos θ. */
export interface PsiOfCosine<T> {
  value: T;
  /** ψ′(c) = dψ/dc: m² at c = ±1, never negative. */
  derivative: T;
}

/**
 * ψ as a function of the cosine, where it needs no arccos: cos(mθ) is the Chebyshev polynomial T_m(c), its derivative
 * m·U_{m−1}(c), and k the number of i in 1 … m − 1 with c ≤ cos(iπ/m). So neither value nor derivative is singular at
 * c = ±1, where arccos is.
 *
 * @returns A function whose result is one object, filled anew at every call: a new one for each example would be most of the
 * garbage of a training step.
 */
export function psiOfCosine<T>(
  {add, sub, mul, isAtMost}: Arithmetic<T>,
  m: number,
): (cosine: T) => PsiOfCosine<T> {
  const bounds = Array.from({length: m - 1}, (_, i) => Math.cos(((i + 1) * Math.PI) / m));
  const result = {} as PsiOfCosine<T>;
  return (cosine) => {
    const twice = mul(cosine, 2);
    let t = add(mul(cosine, 0), 1);
    let tNext = cosine;
    let u = t;
    let uNext = twice;
    let k: T | number = 0;
    let sign: T | number = 1;
    for (const bound of bounds) {
      const tAfter = sub(mul(twice, tNext), t);
      t = tNext;
      tNext = tAfter;
      const uAfter = sub(mul(twice, uNext), u);
      u = uNext;
      uNext = uAfter;
      const isBeyond = isAtMost(cosine, bound);
      k = add(k, isBeyond);
      sign = mul(sign, sub(1, mul(isBeyond, 2)));
    }
    result.value = sub(mul(sign, tNext), mul(k, 2));
    result.derivative = mul(mul(sign, m), u);
    return result;
  };
}
