import {scale, type Vector} from './vectors.js';

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

/** What a loss of p_y alone is: its value, and its derivative with respect to −log p_y. */
export interface ProbabilityLoss {
  value(at: Probability): number;
  slope(at: Probability): number;
}

/** p_y, 1 − p_y and −log p_y, each with all of its digits. */
export interface Probability {
  readonly p: number;
  readonly doubt: number;
  readonly surprise: number;
}

/** L = g(−log p_y), so that its slopes are g′·(p_j − 1[j = y]). */
export function probabilityRow(f: Vector, y: number, loss: ProbabilityLoss): RowLoss {
  const ofLabel = crossEntropyRow(
    f,
    f.map((_, j) => (j === y ? 1 : 0)),
  );
  const others = f.filter((_, j) => j !== y);
  const logOdds = f[y]! - logSumExp(others);
  const at = probabilityOf(logOdds);
  // A change of every logit by `shift` moves the odds by twice as much. The loss is monotonous in them; its slope need not be, but
  // bends only where they are moderate.
  const bends = Array.from({length: 81}, (_, i) => i / 2 - 20);
  const nearby = (shift: number) =>
    [logOdds - 2 * shift, logOdds - shift, logOdds + shift, logOdds + 2 * shift]
      .concat(bends.filter((bend) => Math.abs(bend - logOdds) < 2 * shift))
      .map(probabilityOf);
  // p_y − 1 is 0 in float64 where 1 − p_y is small.
  const slopes = ofLabel.slopes.map((slope, j) => (j === y ? -at.doubt : slope));
  const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
  return {
    value: loss.value(at),
    slopes: scale(loss.slope(at), slopes),
    valueUncertainty: (shift) => largest(nearby(shift).map((near) => loss.value(near) - loss.value(at))),
    slopeUncertainty(shift) {
      const ofLoss = nearby(shift).map(loss.slope);
      const change = largest(ofLoss.map((slope) => slope - loss.slope(at)));
      return ofLabel
        .slopeUncertainty(shift)
        .map((uncertainty, j) => largest(ofLoss) * uncertainty + change * Math.abs(slopes[j]!));
    },
  };
}

/** Of log(p/(1 − p)), which is ∞ for the only class. */
function probabilityOf(logOdds: number): Probability {
  const [odds, inverse] = [Math.exp(logOdds), Math.exp(-logOdds)];
  return {
    p: 1 / (1 + inverse),
    doubt: 1 / (1 + odds),
    surprise: logOdds > 0 ? Math.log1p(inverse) : Math.log1p(odds) - logOdds,
  };
}

/** −(1 − p)^γ log p */
export function focalLoss(gamma: number): ProbabilityLoss {
  return {
    value: ({doubt, surprise}) => doubt ** gamma * surprise,
    slope: ({p, doubt, surprise}) =>
      doubt ** gamma + (doubt === 0 || gamma === 0 ? 0 : gamma * doubt ** (gamma - 1) * p * surprise),
  };
}

/** −log p + ε(1 − p) */
export function polyLoss(epsilon: number): ProbabilityLoss {
  return {
    value: ({doubt, surprise}) => surprise + epsilon * doubt,
    slope: ({p}) => 1 + epsilon * p,
  };
}

/** (1 − p^q)/q; its limit at q = 0 is −log p. */
export function generalizedLoss(q: number): ProbabilityLoss {
  return {
    value: ({surprise}) => (q === 0 ? surprise : -Math.expm1(-q * surprise) / q),
    slope: ({surprise}) => Math.exp(-q * surprise),
  };
}

/** −A·(1 − p), where A stands for the logarithm of 0. */
export function reverseLoss(floor: number): ProbabilityLoss {
  return {
    value: ({doubt}) => -Math.log(floor) * doubt,
    slope: ({p}) => -Math.log(floor) * p,
  };
}

/** L = log p_y / Σ_k log p_k, and 0 for the only class. */
export function normalizedRow(f: Vector, y: number): RowLoss {
  const classes = f.length;
  const zeros = f.map(() => 0);
  if (classes === 1) {
    return {value: 0, slopes: zeros, valueUncertainty: () => 0, slopeUncertainty: () => zeros};
  }
  const own = crossEntropyRow(
    f,
    f.map((_, j) => (j === y ? 1 : 0)),
  );
  const all = crossEntropyRow(
    f,
    f.map(() => 1),
  );
  const value = own.value / all.value;
  const ofSlopes = (ofOwn: Vector, ofAll: Vector, times: number) =>
    ofOwn.map((slope, j) => (slope + times * ofAll[j]!) / all.value);
  // Each is a quotient N/M: it is off by (ΔN + Δ(N/M)·M)/(M − ΔM), and the sum M is never below that of equal probabilities.
  const least = (shift: number) =>
    Math.max(all.value - all.valueUncertainty(shift), classes * Math.log(classes));
  const valueUncertainty = (shift: number) =>
    Math.min(1, (own.valueUncertainty(shift) + value * all.valueUncertainty(shift)) / least(shift));
  return {
    value,
    slopes: ofSlopes(own.slopes, all.slopes, -value),
    valueUncertainty,
    slopeUncertainty(shift) {
      const [ofOwn, ofAll] = [own.slopeUncertainty(shift), all.slopeUncertainty(shift)];
      const ofQuotient = all.value / least(shift) - 1;
      return f.map(
        (_, j) =>
          (ofOwn[j]! +
            value * ofAll[j]! +
            valueUncertainty(shift) * (Math.abs(all.slopes[j]!) + ofAll[j]!) +
            ofQuotient * (Math.abs(own.slopes[j]!) + value * Math.abs(all.slopes[j]!))) /
          least(shift),
      );
    },
  };
}

/** L = f₀: a number that is no loss of logits. */
export function onlyRow(f: Vector): RowLoss {
  return {
    value: f[0]!,
    slopes: [1],
    valueUncertainty: (shift) => shift,
    slopeUncertainty: () => [0],
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
