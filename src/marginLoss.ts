import {
  add,
  cast,
  expandDims,
  mul,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import {targetCosine} from './angles.js';
import {checkLossOptions, checkNumber} from './checks.js';
import {crossEntropy} from './crossEntropy.js';
import {
  annealedLambda,
  checkLambda,
  type LambdaSchedule,
  lambdaAt,
  lambdaToConfig,
  lambdaToString,
} from './lambda.js';
import {Loss, type LossConfig} from './loss.js';
import type {LossInputs} from './lossInputs.js';
import {type Geometry, geometryOf} from './marginLogits.js';
import {psiOfCosine} from './psi.js';

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

/** The logits that a margin loss works on, and what its target logit is made of. */
export interface MarginScores {
  /** f_j for all classes but the true one, shape [batch, classes]. At the true class: n·cos θ_y (+ offset). */
  readonly scores: Tensor2D;
  /** n, by which cos θ_y is multiplied in the target logit, shape [batch]. */
  readonly length: Tensor1D;
  /** What the target logit has on top, the bias of the true class, shape [batch]. */
  readonly offset: Tensor1D | null;
}

/**
 * What L-Softmax and A-Softmax have in common: cross-entropy with the logit of the true class replaced by
 *
 * f_y = (λ·n·cos θ_y + n·ψ(θ_y)) / (1 + λ)
 *
 * They differ in the other classes' logits, and in n.
 */
export abstract class MarginLoss extends Loss {
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
   * The logits of this loss, from those of the model.
   *
   * @internal
   */
  protected abstract marginScores(inputs: LossInputs, geometry: Geometry): MarginScores;

  compute(inputs: LossInputs): Tensor1D {
    const geometry = geometryOf(inputs.logits);
    if (geometry === undefined) {
      throw new TypeError(
        `${this.name}: it needs the angles between features and weights, and these logits do not tell where they came ` +
          "from; make marginDense({units: …}) the model's last layer, with nothing behind it, " +
          'or compute the logits with marginLogits(features, kernel)',
      );
    }
    const lambda = lambdaAt(this.name, this.#lambda, geometry.step);
    const cosine = targetCosine(inputs, geometry);
    return marginCrossEntropy(inputs, this.marginScores(inputs, geometry), cosine, this.#m, lambda);
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

/**
 * Cross-entropy with the target logit f_y = (λu + nψ(c)) / (1 + λ) + offset, where u = n·c, written as
 * u + n(ψ(c) − c) / (1 + λ) + offset: no large λ in it to lose digits to, and exactly u at m = 1.
 *
 * ∂f_y/∂u = 1 + (ψ′ − 1) / (1 + λ), ∂f_y/∂n = (ψ − cψ′) / (1 + λ), and
 * ∂L/∂(u, n) = (p_y − 1)·∂f_y/∂(u, n). Since u is the true class's score less the offset, the offset's gradient is
 * (p_y − 1)·(1 − ∂f_y/∂u).
 */
function marginCrossEntropy(
  inputs: LossInputs,
  {scores, length, offset}: MarginScores,
  cosine: Tensor1D,
  m: number,
  lambda: number,
): Tensor1D {
  const {isTrueClass} = inputs;
  const trueScore = inputs.atTrueClass(scores);
  return analytic([scores, length, ...(offset ? [offset] : [])], () => {
    const psi = psiOfCosine(cosine, m);
    const marginShare = 1 / (1 + lambda);
    const target = add<Tensor1D>(trueScore, mul(mul(length, sub(psi.value, cosine)), marginShare));
    const byProduct = add<Tensor1D>(mul(sub(psi.derivative, 1), marginShare), 1);
    const byLength = mul<Tensor1D>(sub(psi.value, mul(cosine, psi.derivative)), marginShare);

    const rows = cast(isTrueClass, 'float32');
    const {loss, gradient} = crossEntropy(
      where(isTrueClass, expandDims(target, 1), scores) as Tensor2D,
      rows,
    );
    const byTarget = inputs.atTrueClass(gradient);
    const byScores = where(isTrueClass, expandDims(mul(byTarget, byProduct), 1), gradient);
    return {
      value: loss,
      saved: [byScores, mul(byTarget, byLength), mul(byTarget, sub(1, byProduct))],
      gradients: (upstream, saved) => {
        const [scoresGradient, lengthGradient, offsetGradient] = saved as [Tensor2D, Tensor1D, Tensor1D];
        const gradients: Tensor[] = [
          mul(scoresGradient, expandDims(upstream, 1)),
          mul(lengthGradient, upstream),
        ];
        return offset ? [...gradients, mul(offsetGradient, upstream)] : gradients;
      },
    };
  });
}
