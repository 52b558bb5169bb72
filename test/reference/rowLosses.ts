import type {Vector} from './vectors.js';

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

/** v_j = f_j − f_y + Δ; L = Σ_{j≠y} max(0, v_j), its squares, or of the largest v_j alone. The slope at a kink is 0. */
export function hingeRow(
  f: Vector,
  y: number,
  margin: number,
  squared: boolean,
  form: 'sum' | 'max',
): RowLoss {
  const excess = f.map((value, j) => (j === y ? 0 : Math.max(0, value - f[y]! + margin)));
  const largest = Math.max(...excess);
  /** What each class has of the sum: all, or an equal part among those that are the largest. */
  const shares = excess.map((value) => {
    if (value === 0) return 0;
    if (form === 'sum') return 1;
    return value === largest ? 1 / excess.filter((other) => other === largest).length : 0;
  });
  const slopeOf = (value: number) => (squared ? 2 * value : 1);
  const others = excess.map((value, j) => shares[j]! * slopeOf(value));
  const distances = f.map((value, j) => (j === y ? -Infinity : value - f[y]! + margin));
  /** A summand within reach of its kink may be on or off, and one within reach of the largest may be that. */
  const ofOthers = (shift: number) =>
    distances.map((value) => {
      if (value < -2 * shift) return 0;
      const canSwitch = Math.abs(value) <= 2 * shift || (form === 'max' && isTied(value, shift));
      return (canSwitch ? slopeOf(Math.max(0, value) + 2 * shift) : 0) + (squared ? 4 * shift : 0);
    });
  const isTied = (value: number, shift: number) =>
    distances.filter((other) => other >= Math.max(...distances) - 4 * shift).length > 1 &&
    value >= Math.max(...distances) - 4 * shift;
  return {
    value: sum(excess.map((value, j) => shares[j]! * (squared ? value * value : value))),
    slopes: others.map((value, j) => (j === y ? -sum(others) : value)),
    valueUncertainty: (shift) =>
      sum(excess.map((value) => 2 * shift * (squared ? 2 * value + 2 * shift : 1))),
    slopeUncertainty: (shift) => {
      const uncertainties = ofOthers(shift);
      return uncertainties.map((value, j) => (j === y ? sum(uncertainties) : value));
    },
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
