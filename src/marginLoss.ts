import {checkLossOptions, checkNumber} from './checks.js';
import {
  annealedLambda,
  checkLambda,
  type LambdaSchedule,
  lambdaAt,
  lambdaToConfig,
  lambdaToString,
} from './lambda.js';
import type {LossConfig} from './loss.js';
import type {LossInputs} from './lossInputs.js';
import {geometryOf} from './marginLogits.js';
import {TermLoss} from './termLoss.js';
import type {MarginTerm} from './terms.js';

/** The options that L-Softmax and A-Softmax share. */
export interface MarginLossOptions {
  /** The angular margin, an integer ≥ 1; 1 is no margin. @defaultValue 4 */
  readonly m?: number | undefined;
  /**
   * λ ≥ 0: the weight of the plain logit in the blend (λ·‖W_y‖‖x‖cos θ_y + ‖W_y‖‖x‖ψ(θ_y)) / (1 + λ) that stands for
   * the true class's logit. A number keeps it constant, a schedule lets it fall during training. Where it ends decides how
   * large the margin is: the default ends at 50, a mild one; see the guide on λ.
   * @defaultValue annealedLambda()
   */
  readonly lambda?: number | LambdaSchedule | undefined;
}

/**
 * What L-Softmax and A-Softmax have in common: cross-entropy with the logit of the true class replaced by
 *
 * f_y = (λ·n·cos θ_y + n·ψ(θ_y)) / (1 + λ)
 *
 * They differ in the other classes' logits, and in n.
 */
export abstract class MarginLoss extends TermLoss {
  readonly #m: number;
  readonly #lambda: number | LambdaSchedule;

  constructor(name: string, options: MarginLossOptions) {
    super(name);
    checkLossOptions(name, options, ['m', 'lambda']);
    const {m = 4, lambda = annealedLambda()} = options;
    checkNumber(name, 'm', m, {atLeast: 1, integer: true});
    checkLambda(name, lambda);
    this.#m = m;
    this.#lambda = lambda;
  }

  /** The angular margin. */
  get m(): number {
    return this.#m;
  }

  /** λ, constant or a schedule. */
  get lambda(): number | LambdaSchedule {
    return this.#lambda;
  }

  /**
   * Whether every W_j counts as one of norm 1, and the bias not at all.
   *
   * @internal
   */
  protected abstract readonly normalized: boolean;

  /** @internal */
  protected term(inputs: LossInputs): MarginTerm {
    const geometry = geometryOf(inputs.logits);
    if (geometry === undefined) {
      throw new TypeError(
        `${this.name}: it needs the angles between features and weights, and these logits do not tell where they came ` +
          "from; make marginDense({units: …}) the model's last layer, with nothing behind it, " +
          'or compute the logits with marginLogits(features, kernel)',
      );
    }
    const lambda = lambdaAt(this.name, this.#lambda, geometry.step);
    return {kind: 'margin', m: this.#m, share: 1 / (1 + lambda), normalized: this.normalized};
  }

  getConfig(): LossConfig {
    return {name: this.name, m: this.#m, lambda: lambdaToConfig(this.name, this.#lambda)};
  }

  override toString(): string {
    const lambda = lambdaToString(this.#lambda);
    const isDefault = lambda === lambdaToString(annealedLambda());
    return `${this.name}(m=${this.#m}${isDefault ? '' : `, λ=${lambda}`})`;
  }
}
