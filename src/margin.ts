import type {Arithmetic} from './arithmetic.js';
import {psiOfCosine} from './psi.js';

/** A margin's effect on the true class's logit, all of it a function of c = cos θ_y. */
export interface MarginEffect<T> {
  /** f_y = s_y + n·gain, where s_y is the plain logit. */
  gain: T;
  /** ∂f_y/∂u. */
  byProduct: T;
  /** ∂f_y/∂n. */
  byLength: T;
}

/**
 * The one formula of L-Softmax and A-Softmax: with u = n·c, the target logit f_y = (λu + nψ(c)) / (1 + λ) + offset,
 * written as u + n(ψ(c) − c)·share + offset with share = 1 / (1 + λ): no large λ in it to lose digits to, and exactly u
 * at m = 1.
 *
 * ∂f_y/∂u = 1 + (ψ′ − 1)·share, ∂f_y/∂n = (ψ − cψ′)·share
 *
 * @returns A function whose result is one object, filled anew at every call, as that of `psiOfCosine`.
 */
export function marginEffect<T>(
  arithmetic: Arithmetic<T>,
  m: number,
): (cosine: T, share: T | number) => MarginEffect<T> {
  const {add, sub, mul} = arithmetic;
  const psiOf = psiOfCosine(arithmetic, m);
  const effect = {} as MarginEffect<T>;
  return (cosine, share) => {
    const {value, derivative} = psiOf(cosine);
    effect.gain = mul(sub(value, cosine), share);
    effect.byProduct = add(mul(sub(derivative, 1), share), 1);
    effect.byLength = mul(sub(value, mul(cosine, derivative)), share);
    return effect;
  };
}
