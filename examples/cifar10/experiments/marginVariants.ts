import {
  type Arithmetic,
  asoftmax,
  direction,
  FormulaLoss,
  type LambdaSchedule,
  lsoftmax,
  numberOption,
  plain,
  type Term,
} from 'tfjs-losses';
import {type LossVocabulary, lossTerm} from '../lossExpression.js';

/** φ(θ), given cos(mθ), and (−1)^k and k for the piece of [0, π] that θ lies in. */
type Phi = <T>(a: Arithmetic<T>, cosine: T, sign: T, k: T) => T;

/**
 * Readings of the paper's margin, each with another function φ(θ) in the place of ψ(θ) = (−1)^k cos(mθ) − 2k. They exist
 * to find out why the paper's rows of m = 3 fall behind; nobody should train with them.
 */
export const marginFunctions = {
  /** ψ itself, to hold the others against. */
  psi: (a, cosine, sign, k) => a.sub(a.mul(sign, cosine), a.mul(k, 2)),
  /** cos(mθ) as the paper's figure 5 prints it. */
  cosine: (_, cosine) => cosine,
  /** cos(mθ) − 2k: ψ with the sign left out. */
  unsigned: (a, cosine, _, k) => a.sub(cosine, a.mul(k, 2)),
  /** (−1)^k cos(mθ): ψ with the −2k left out. */
  unstepped: (a, cosine, sign) => a.mul(sign, cosine),
} as const satisfies Record<string, Phi>;

export type MarginFunction = keyof typeof marginFunctions;

interface VariantOptions {
  readonly m: number;
  readonly lambda: number | LambdaSchedule;
}

/** L-Softmax or A-Softmax with a φ of its own. */
export class MarginVariant extends FormulaLoss<VariantOptions> {
  readonly #family: 'lsoftmax' | 'asoftmax';
  readonly #phi: Phi;

  constructor(family: 'lsoftmax' | 'asoftmax', phi: MarginFunction, options: Partial<VariantOptions> = {}) {
    const {lambda} = lsoftmax().options;
    const optionTable = {
      m: numberOption(4, 'm', {atLeast: 1, integer: true}),
      lambda: {
        default: lambda,
        symbol: 'λ',
        check: (_: string, __: string, value: unknown) => checkLambda(value),
      },
    };
    super(`${family}_${phi}`, optionTable, {lambda: 0, ...options});
    this.#family = family;
    this.#phi = marginFunctions[phi];
  }

  protected term({m, lambda}: VariantOptions): Term {
    const phi = this.#phi;
    const pieces = Array.from({length: m}, (_, below) => m - 1 - below);
    const bounds = pieces.slice(1).map((_, i) => ((i + 1) * Math.PI) / m);
    return {
      logits: this.#family === 'lsoftmax' ? plain : direction,
      numbers: {lambda: ({step}) => (typeof lambda === 'number' ? lambda : lambda(step))},
      margin(a, {cosine, theta}, number) {
        const k = a.stairs(theta, bounds, pieces);
        const sign = a.stairs(
          theta,
          bounds,
          pieces.map((piece) => (piece % 2 === 0 ? 1 : -1)),
        );
        const value = phi(a, a.cos(a.mul(theta, m)), sign, k);
        return a.div(a.add(a.mul(cosine, number('lambda')), value), a.add(number('lambda'), 1));
      },
    };
  }
}

/** The check of the margin losses themselves. */
function checkLambda(lambda: unknown): void {
  asoftmax({lambda: lambda as number});
}

/** The variants as an expression names them: `lsoftmax_cosine(m=3)`. */
export const variantLosses: LossVocabulary = Object.fromEntries(
  (['lsoftmax', 'asoftmax'] as const).flatMap((family) =>
    (Object.keys(marginFunctions) as MarginFunction[]).map((phi) => [
      `${family}_${phi}`,
      lossTerm((options?: Partial<VariantOptions>) => new MarginVariant(family, phi, options)),
    ]),
  ),
);
