import {LARGEST_FACTOR, psiOfCosine} from '../formula/psi.js';
import type {Term} from '../formula/term.js';
import {
  annealedLambda,
  checkLambda,
  type LambdaSchedule,
  lambdaAt,
  lambdaToConfig,
  lambdaToString,
} from './lambda.js';
import {numberOption, type OptionTable} from './options.js';

/** The options that L-Softmax and A-Softmax have in common. */
export interface MarginLossOptions {
  /** The angular margin, an integer in [1, 100]; 1 is no margin. @defaultValue 4 */
  readonly m?: number | undefined;
  /**
   * λ ≥ 0: the weight of $`\cos θ_y`$ in its blend with $`ψ(θ_y)`$ in the true class's logit. A number keeps it constant, a
   * schedule decreases it during training. Its final value determines how large the margin is: the default ends at 50, which is a
   * small margin; see the guide on λ.
   * @defaultValue annealedLambda()
   */
  readonly lambda?: number | LambdaSchedule | undefined;
}

/** The same, defaults filled in. */
export interface BlendedMargin {
  readonly m: number;
  readonly lambda: number | LambdaSchedule;
}

export const blendedMarginOptions: OptionTable<BlendedMargin> = {
  m: numberOption(4, 'm', {atLeast: 1, atMost: LARGEST_FACTOR, integer: true}),
  lambda: {
    default: annealedLambda(),
    symbol: 'λ',
    check: (owner, _, value) => checkLambda(owner, value),
    toJson: lambdaToConfig,
    print: lambdaToString,
  },
};

/**
 * The margin of L-Softmax and A-Softmax: (λ cos θ + ψ(θ))/(1 + λ), written as cos θ + (ψ(θ) − cos θ)/(1 + λ), so that no large λ
 * takes its digits, and m = 1 is cos θ exactly.
 */
export function blendedMargin(owner: string, {m, lambda}: BlendedMargin): Pick<Term, 'margin' | 'numbers'> {
  return {
    numbers: {
      blend:
        typeof lambda === 'number' ? 1 / (1 + lambda) : ({step}) => 1 / (1 + lambdaAt(owner, lambda, step)),
    },
    margin: (a, {cosine}, number) =>
      a.add(cosine, a.mul(a.sub(psiOfCosine(a, cosine, m), cosine), number('blend'))),
  };
}
