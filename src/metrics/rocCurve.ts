import {ascending} from './checks.js';

/** A ROC curve, from the highest threshold to the lowest; the lists are of the same length. */
export interface RocCurve {
  /** Infinity, then every score that occurs, in descending order. Accepted means score ≥ threshold. */
  readonly thresholds: Float64Array;
  /** The share of positives accepted at each threshold, from 0 to 1. */
  readonly tpr: Float64Array;
  /** The share of negatives accepted at each threshold, from 0 to 1. */
  readonly fpr: Float64Array;
}

/**
 * The ROC curve: which shares of positives and negatives each threshold accepts.
 *
 * TPR(t) = |p ≥ t| / |p|,  FPR(t) = |n ≥ t| / |n|
 *
 * @param positives - Scores of what should be accepted.
 * @param negatives - Scores of what should be refused.
 * @returns One point for every score that occurs, and (0, 0) before them.
 * @throws RangeError if a side is empty or has NaN; TypeError if it is no list.
 *
 * @example
 * ```ts
 * import {rocCurve} from 'tfjs-losses/metrics';
 *
 * const {thresholds, tpr, fpr} = rocCurve([0.9, 0.5], [0.5, 0.1]);
 * Array.from(thresholds.subarray(1)); // [0.9, 0.5, 0.1]
 * Array.from(tpr); // [0, 0.5, 1, 1]
 * Array.from(fpr); // [0, 0, 0.5, 1]
 * ```
 */
export function rocCurve(positives: ArrayLike<number>, negatives: ArrayLike<number>): RocCurve {
  return curveOf('rocCurve', positives, negatives);
}

/**
 * Equal error rate: where the share of negatives accepted equals the share of positives refused, on the ROC curve with straight
 * lines between its points.
 *
 * EER = FPR(t) where FPR(t) = 1 − TPR(t)
 *
 * @param positives - Scores of what should be accepted.
 * @param negatives - Scores of what should be refused.
 * @returns From 0 (perfect) to 1; chance is 0.5.
 * @throws RangeError if a side is empty or has NaN; TypeError if it is no list.
 *
 * @example
 * ```ts
 * import {equalErrorRate} from 'tfjs-losses/metrics';
 *
 * equalErrorRate([0.9, 0.8, 0.7, 0.2], [0.6, 0.3, 0.1, 0]); // 0.25
 * ```
 */
export function equalErrorRate(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const {tpr, fpr} = curveOf('equalErrorRate', positives, negatives);
  const excess = (i: number) => fpr[i]! + tpr[i]! - 1; // rises from −1 to 1
  let after = 1;
  while (excess(after) < 0) after++;
  const before = after - 1;
  const part = excess(before) / (excess(before) - excess(after));
  return fpr[before]! + part * (fpr[after]! - fpr[before]!);
}

function curveOf(owner: string, positives: ArrayLike<number>, negatives: ArrayLike<number>): RocCurve {
  const accepted = ascending(owner, 'positives', positives);
  const refused = ascending(owner, 'negatives', negatives);
  const longest = accepted.length + refused.length + 1;
  const thresholds = new Float64Array(longest);
  const tpr = new Float64Array(longest);
  const fpr = new Float64Array(longest);
  thresholds[0] = Number.POSITIVE_INFINITY;
  let points = 1;
  // How many of each are still below the threshold.
  let [p, n] = [accepted.length, refused.length];
  while (p > 0 || n > 0) {
    const threshold = Math.max(accepted[p - 1] ?? -Infinity, refused[n - 1] ?? -Infinity);
    while (p > 0 && accepted[p - 1]! >= threshold) p--;
    while (n > 0 && refused[n - 1]! >= threshold) n--;
    thresholds[points] = threshold;
    tpr[points] = (accepted.length - p) / accepted.length;
    fpr[points] = (refused.length - n) / refused.length;
    points++;
  }
  return {
    thresholds: thresholds.slice(0, points),
    tpr: tpr.slice(0, points),
    fpr: fpr.slice(0, points),
  };
}
