import {dot, type Vector} from './vectors.js';

/**
 * A loss of one example as a function of its logits f. The two `…Uncertainty` functions say how far the value
 * and the slopes move at most when every logit moves by at most `shift`: what rounding in the logits does to
 * the loss.
 */
export interface RowLoss {
  readonly value: number;
  readonly slopes: Vector;
  valueUncertainty(shift: number): number;
  slopeUncertainty(shift: number): Vector;
}

/** L = −Σ_j q_j log p_j, p = softmax(f), with soft labels q that need not sum to 1. */
export function crossEntropyRow(f: Vector, q: Vector): RowLoss {
  const logP = f.map((value) => value - logSumExp(f));
  const total = q.reduce((sum, value) => sum + value, 0);
  return {
    value: -q.reduce((sum, weight, j) => sum + (weight === 0 ? 0 : weight * logP[j]!), 0),
    slopes: logP.map((value, j) => total * Math.exp(value) - q[j]!),
    // log p_j is 2-Lipschitz in the largest change of a logit.
    valueUncertainty: (shift) => 2 * shift * total,
    // Such a change multiplies the odds p_j : (1 − p_j) by at most r = e^{2·shift}, hence p_j moves by at
    // most p_j(1 − p_j)(r − 1). In logarithms, for logits so large that these factors leave the range of
    // numbers.
    slopeUncertainty: (shift) =>
      f.map((value, j) => {
        const others = f.filter((_, index) => index !== j);
        const logOthersOdds =
          others.length === 0 ? -Infinity : logSumExp(others) - logSumExp([value, ...others]);
        const logGrowth = shift > 1 ? 2 * shift : Math.log(Math.expm1(2 * shift));
        return total * Math.min(1, Math.exp(logP[j]! + logOthersOdds + logGrowth));
      }),
  };
}

/** L = Σ_{j≠y} max(0, f_j − f_y + Δ); the slope at a kink is 0. */
export function hingeRow(f: Vector, y: number, margin: number): RowLoss {
  const excess = f.map((value, j) => (j === y ? 0 : value - f[y]! + margin));
  const active = excess.map((value) => (value > 0 ? 1 : 0));
  const flips = (shift: number) =>
    excess.map((value, j) => (j !== y && Math.abs(value) <= 2 * shift ? 1 : 0));
  return {
    value: dot(active, excess),
    slopes: active.map((value, j) => (j === y ? -sum(active) : value)),
    valueUncertainty: (shift) => 2 * shift * (f.length - 1),
    // A summand within reach of its kink may be on or off.
    slopeUncertainty: (shift) => flips(shift).map((value, j) => (j === y ? sum(flips(shift)) : value)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** log Σ_j e^{f_j}, shifted by the largest so that nothing overflows. */
function logSumExp(f: Vector): number {
  const largest = Math.max(...f);
  return largest + Math.log(sum(f.map((value) => Math.exp(value - largest))));
}
