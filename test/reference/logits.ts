import {psiOfAngle, psiSlopeInCosine} from './psi.js';
import {add, angleBetween, dot, norm, scale, sizeOfProduct, unit, type Vector} from './vectors.js';

/**
 * One logit of one example: f(x, W_j, b_j), its gradients, and how large the quantities are that it is made
 * of.
 *
 * `magnitude` is what rounding errors are relative to. In float32 every product and sum is off by a few units
 * of 2⁻²⁴ of *its own* size, so a logit that is a small difference of large summands is known to a few 2⁻²⁴
 * of the summands, by whatever program. The oracle reports that size so that tests can ask for what is
 * possible and nothing less.
 */
export interface Logit {
  readonly value: number;
  readonly wrtFeatures: Vector;
  readonly wrtColumn: Vector;
  readonly wrtBias: 0 | 1;
  readonly magnitude: {readonly value: number; readonly wrtFeatures: number; readonly wrtColumn: number};
}

/** How much the angle of the true class is stretched: m, blended with λ parts of the plain cosine. */
export interface Margin {
  readonly m: number;
  readonly lambda: number;
}

/** f = W_j·x + b_j */
export function plainLogit(x: Vector, weights: Vector, bias: number): Logit {
  return {
    value: dot(x, weights) + bias,
    wrtFeatures: weights,
    wrtColumn: x,
    wrtBias: 1,
    magnitude: {
      value: sizeOfProduct(x, weights) + Math.abs(bias),
      wrtFeatures: norm(weights),
      wrtColumn: norm(x),
    },
  };
}

/** f = ‖W_y‖‖x‖ · (λ cos θ + ψ(θ)) / (1 + λ) + b_y */
export function marginLogit(x: Vector, weights: Vector, bias: number, margin: Margin): Logit {
  return stretchedLogit(x, weights, norm(weights), bias, margin);
}

/** f = ‖x‖ cos θ_j: the plain logit of the normalised column. */
export function angularLogit(x: Vector, weights: Vector): Logit {
  return withoutBias(throughNormalisation(plainLogit(x, unit(weights), 0), weights));
}

/**
 * f = ‖x‖ · (λ cos θ + ψ(θ)) / (1 + λ): the margin logit of the normalised column. Where W_y is 0, cos θ
 * counts as 0, so that the true class is at a right angle to every x; there is nothing to turn, so no
 * gradient flows to W_y.
 */
export function angularMarginLogit(x: Vector, weights: Vector, margin: Margin): Logit {
  return withoutBias(throughNormalisation(stretchedLogit(x, unit(weights), 1, 0, margin), weights));
}

/**
 * A logit computed from W/‖W‖, as a function of W: the normalisation passes on what is orthogonal to W,
 * divided by ‖W‖. A column that is 0 has no direction, and nothing flows back to it.
 */
export function throughNormalisation(logit: Logit, weights: Vector): Logit {
  const length = norm(weights);
  if (length === 0) {
    return {...logit, wrtColumn: scale(0, weights)};
  }
  const direction = unit(weights);
  const radial = scale(dot(logit.wrtColumn, direction), direction);
  return {
    ...logit,
    wrtColumn: scale(1 / length, add(logit.wrtColumn, scale(-1, radial))),
    magnitude: {...logit.magnitude, wrtColumn: logit.magnitude.wrtColumn / length},
  };
}

/** f = length · ‖x‖ · (λ cos θ + ψ(θ)) / (1 + λ) + b, where `length` is that of the weights. */
function stretchedLogit(x: Vector, weights: Vector, length: number, bias: number, margin: Margin): Logit {
  const target = blendedCosine(angleBetween(x, weights), margin);
  const [alongX, alongW] = [unit(x), unit(weights)];
  // What of one unit vector is left beside the other: ∂cos θ/∂x = tangentAtX / ‖x‖, ∂cos θ/∂W = tangentAtW /
  // ‖W‖.
  const tangentAtX = add(alongW, scale(-target.cosine, alongX));
  const tangentAtW = add(alongX, scale(-target.cosine, alongW));
  return {
    value: length * norm(x) * target.value + bias,
    wrtFeatures: scale(length, add(scale(target.value, alongX), scale(target.slope, tangentAtX))),
    wrtColumn: scale(norm(x), add(scale(target.value, alongW), scale(target.slope, tangentAtW))),
    wrtBias: 1,
    magnitude: {
      value: length * norm(x) * target.size + Math.abs(bias),
      wrtFeatures: length * target.size,
      wrtColumn: norm(x) * target.size,
    },
  };
}

function withoutBias(logit: Logit): Logit {
  return {...logit, wrtBias: 0};
}

/**
 * (λ cos θ + ψ(θ)) / (1 + λ), its slope in cos θ, and the size of the summands in the value and in the
 * gradient.
 */
function blendedCosine(theta: number, {m, lambda}: Margin) {
  const cosine = Math.cos(theta);
  const psi = psiOfAngle(theta, m);
  const psiSlope = psiSlopeInCosine(theta, m);
  const slope = (lambda + psiSlope) / (1 + lambda);
  return {
    cosine,
    value: (lambda * cosine + psi) / (1 + lambda),
    slope,
    // f = n·ψ(u/n) is known as well as u times its slope and n times ψ − cos θ·ψ′ are; near θ = 0 both are
    // about m²·n.
    size: slope + Math.abs(psi - cosine * psiSlope) / (1 + lambda),
  };
}
