import type {Logit} from './logits.js';
import {add, angleBetween, areParallel, norm, scale, sizeOfProduct, unit, type Vector} from './vectors.js';

/** What stands for cos θ_y in the true class's logit, as a function of the angle. */
export interface AngularMargin {
  readonly value: (theta: number) => number;
  /** The derivative of `value` with respect to θ. */
  readonly slope: (theta: number) => number;
  /**
   * What rounding errors of value and slope are relative to, in a float32 program that knows sin θ to its last digits and cos θ to
   * those of the summands of W·x. `ofCosine` is their sum for cos θ itself, at most 1.
   */
  readonly size: (theta: number, ofCosine: number) => {readonly value: number; readonly slope: number};
  /** The derivative of `value` with respect to ‖x‖; left out, 0. */
  readonly byNorm?: (theta: number) => number;
}

/** cos θ − m */
export function additiveCosineMargin(m: number): AngularMargin {
  return {
    value: (theta) => Math.cos(theta) - m,
    slope: (theta) => -Math.sin(theta),
    size: (_, ofCosine) => ({value: ofCosine + Math.abs(m), slope: 1}),
  };
}

/** cos(θ + m) up to θ = π − m, and beyond that its reflection −2 − cos(θ + m), which goes on falling. */
export function additiveAngularMargin(m: number): AngularMargin {
  const isBeyond = (theta: number) => theta > Math.PI - m;
  return {
    value: (theta) => (isBeyond(theta) ? -2 - Math.cos(theta + m) : Math.cos(theta + m)),
    slope: (theta) => (isBeyond(theta) ? Math.sin(theta + m) : -Math.sin(theta + m)),
    // cos θ cos m − sin θ sin m, and the derivatives of these two.
    size: (theta, ofCosine) => ({
      value: ofCosine + Math.sin(theta) * Math.sin(m) + (isBeyond(theta) ? 2 : 0),
      slope: Math.abs(Math.cos(m)) + Math.sin(m),
    }),
  };
}

/** What the margin of MagFace depends on. */
export interface Magnitudes {
  readonly minNorm: number;
  readonly maxNorm: number;
  readonly minMargin: number;
  readonly maxMargin: number;
}

/** ‖x‖ between its bounds, and whether it is there of itself. */
export function boundedNorm(x: Vector, {minNorm, maxNorm}: Magnitudes) {
  const length = norm(x);
  return {a: Math.min(Math.max(length, minNorm), maxNorm), isFree: length > minNorm && length <= maxNorm};
}

/** The same with m(a) = l_m + (u_m − l_m)(a − l_a)/(u_a − l_a), of a = ‖x‖ between l_a and u_a. */
export function magnitudeMargin(x: Vector, magnitudes: Magnitudes): AngularMargin {
  const {minNorm, maxNorm, minMargin, maxMargin} = magnitudes;
  const rise = (maxMargin - minMargin) / (maxNorm - minNorm);
  const {a, isFree} = boundedNorm(x, magnitudes);
  const margin = additiveAngularMargin(minMargin + rise * (a - minNorm));
  return {
    ...margin,
    // The margin too is rounded: 1e-6 of its size, where 1e-4 of the gradient is asked for.
    size(theta, ofCosine) {
      const {value, slope} = margin.size(theta, ofCosine);
      return {value: value + maxMargin, slope: slope + 0.01 * maxMargin};
    },
    byNorm: (theta) => (isFree ? rise * margin.slope(theta) : 0),
  };
}

/** φ(m₁θ + m₂) − m₃, with φ(α) = (−1)^k cos α − 2k for α ∈ [kπ, (k + 1)π]. */
export function combinedAngularMargin(m1: number, m2: number, m3: number): AngularMargin {
  const alphaOf = (theta: number) => m1 * theta + m2;
  const segmentOf = (alpha: number) => Math.floor(alpha / Math.PI);
  const sign = (k: number) => (k % 2 === 0 ? 1 : -1);
  return {
    value(theta) {
      const k = segmentOf(alphaOf(theta));
      return sign(k) * Math.cos(alphaOf(theta)) - 2 * k - m3;
    },
    slope: (theta) => -m1 * sign(segmentOf(alphaOf(theta))) * Math.sin(alphaOf(theta)),
    // α is rounded, and made of a θ that is rounded too; 1e-3 of its slope is 16 units of 2⁻²⁴ where 1e-4 is asked for.
    size(theta, ofCosine) {
      const alpha = alphaOf(theta);
      const sine = Math.abs(Math.sin(alpha));
      return {
        value: ofCosine + 1 + 2 * segmentOf(alpha) + Math.abs(m3) + 2 * alpha * sine,
        slope: m1 * sine + 1e-3 * (1 + m1 * alpha),
      };
    },
  };
}

/** Below this length of x times that of W there is no cosine: it counts as 0, and has no gradient. */
const SMALLEST_LENGTHS = 2 ** -100;

/**
 * f = s·margin(θ), of the angle between x and W.
 *
 * ∂θ/∂x = −t/‖x‖, with t the unit vector from x̂ in the direction of W; and likewise for W. At an angle of exactly 0 or π no direction
 * is nearer than any other, and the gradient is 0.
 *
 * @param length - That of W as the product W·x has it: 1 where the kernel is normalised.
 */
export function cosineLogit(
  x: Vector,
  weights: Vector,
  length: number,
  s: number,
  margin: AngularMargin,
): Logit {
  const hasAngle = norm(x) * length >= SMALLEST_LENGTHS;
  const theta = hasAngle ? angleBetween(x, weights) : Math.PI / 2;
  const [alongX, alongW] = [unit(x), unit(weights)];
  const size = margin.size(theta, hasAngle ? sizeOfProduct(alongX, alongW) : 0);
  const slope = hasAngle && !areParallel(x, weights) ? s * margin.slope(theta) : 0;
  const [perX, perW] = hasAngle ? [1 / norm(x), 1 / norm(weights)] : [0, 0];
  const byNorm = s * (margin.byNorm?.(theta) ?? 0);
  const towards = (to: Vector, from: Vector) =>
    scale(1 / Math.sin(theta), add(to, scale(-Math.cos(theta), from)));
  return {
    value: s * margin.value(theta),
    wrtFeatures: add(
      scale(byNorm, alongX),
      slope === 0 ? scale(0, x) : scale(-slope * perX, towards(alongW, alongX)),
    ),
    wrtColumn: slope === 0 ? scale(0, weights) : scale(-slope * perW, towards(alongX, alongW)),
    wrtBias: 0,
    magnitude: {
      value: s * size.value,
      wrtFeatures: s * size.slope * perX + Math.abs(byNorm),
      wrtColumn: s * size.slope * perW,
    },
  };
}
