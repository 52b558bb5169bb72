import type {Arithmetic} from './arithmetic.js';
import {psiOfCosine} from './psi.js';

/** A margin's effect on the true class's logit, all of it a function of c = cos θ_y. */
export interface MarginEffect<T> {
  /** f_y = s_y + n·gain, where s_y is the plain logit. */
  readonly gain: T;
  /** ∂f_y/∂u. */
  readonly byProduct: T;
  /** ∂f_y/∂n. */
  readonly byLength: T;
}

/**
 * The one formula of L-Softmax and A-Softmax: with u = n·c, the target logit f_y = (λu + nψ(c)) / (1 + λ) + offset,
 * written as u + n(ψ(c) − c)·share + offset with share = 1 / (1 + λ): no large λ in it to lose digits to, and exactly u
 * at m = 1.
 *
 * ∂f_y/∂u = 1 + (ψ′ − 1)·share, ∂f_y/∂n = (ψ − cψ′)·share
 */
export function marginEffect<T>(
  arithmetic: Arithmetic<T>,
  cosine: T,
  m: number,
  share: T | number,
): MarginEffect<T> {
  const {add, sub, mul} = arithmetic;
  const psi = psiOfCosine(arithmetic, cosine, m);
  return {
    gain: mul(sub(psi.value, cosine), share),
    byProduct: add(mul(sub(psi.derivative, 1), share), 1),
    byLength: mul(sub(psi.value, mul(cosine, psi.derivative)), share),
  };
}
