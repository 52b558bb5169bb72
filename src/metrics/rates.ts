import {ascending, checkShare, scoresOf} from './checks.js';

/**
 * False positive rate at a true positive rate: the smallest share of negatives accepted by any threshold that accepts at least
 * the share `tpr` of the positives. With 0.95 it is the FPR95 of the literature on open sets.
 *
 * FPR@TPR = min over t of |n ≥ t| / |n|, subject to |p ≥ t| / |p| ≥ tpr
 *
 * Accepted means score ≥ threshold.
 *
 * @param positives - Scores of what should be accepted.
 * @param negatives - Scores of what should be refused.
 * @param tpr - From 0 to 1.
 * @returns From 0 (perfect) to 1.
 * @throws RangeError if a side is empty or has NaN, or `tpr` is outside of its range; TypeError if a side is no list.
 *
 * @example
 * ```ts
 * import {fprAtTpr} from 'tfjs-losses/metrics';
 *
 * fprAtTpr([0.9, 0.8, 0.7, 0.2], [0.6, 0.3, 0.2, 0.1], 0.75); // 0
 * fprAtTpr([0.9, 0.8, 0.7, 0.2], [0.6, 0.3, 0.2, 0.1]); // 0.75
 * ```
 */
export function fprAtTpr(positives: ArrayLike<number>, negatives: ArrayLike<number>, tpr = 0.95): number {
  checkShare('fprAtTpr', 'tpr', tpr);
  const accepted = ascending('fprAtTpr', 'positives', positives);
  const refused = scoresOf('fprAtTpr', 'negatives', negatives);
  const least = leastCount(tpr, accepted.length);
  return least === 0 ? 0 : shareFrom(accepted[accepted.length - least]!, refused);
}

/**
 * True positive rate at a false positive rate: the largest share of positives accepted by any threshold that accepts at most the
 * share `fpr` of the negatives. Face recognition calls it TAR@FAR.
 *
 * TPR@FPR = max over t of |p ≥ t| / |p|, subject to |n ≥ t| / |n| ≤ fpr
 *
 * Accepted means score ≥ threshold.
 *
 * @param positives - Scores of what should be accepted.
 * @param negatives - Scores of what should be refused.
 * @param fpr - From 0 to 1.
 * @returns From 0 to 1 (perfect).
 * @throws RangeError if a side is empty or has NaN, or `fpr` is outside of its range; TypeError if a side is no list.
 *
 * @example
 * ```ts
 * import {tprAtFpr} from 'tfjs-losses/metrics';
 *
 * tprAtFpr([0.9, 0.8, 0.7, 0.2], [0.6, 0.3, 0.2, 0.1], 0); // 0.75
 * tprAtFpr([0.9, 0.8, 0.7, 0.2], [0.8, 0.3, 0.2, 0.1], 0); // 0.25
 * ```
 */
export function tprAtFpr(positives: ArrayLike<number>, negatives: ArrayLike<number>, fpr: number): number {
  checkShare('tprAtFpr', 'fpr', fpr);
  const accepted = scoresOf('tprAtFpr', 'positives', positives);
  const floor = floorAtFpr(ascending('tprAtFpr', 'negatives', negatives), fpr);
  return floor === null ? 1 : accepted.filter((score) => score > floor).length / accepted.length;
}

/**
 * What a threshold has to exceed to let in at most the share `fpr` of the negatives, which are in ascending order; null
 * if any threshold will do.
 */
export function floorAtFpr(negatives: Float64Array, fpr: number): number | null {
  const most = mostCount(fpr, negatives.length);
  return most === negatives.length ? null : negatives[negatives.length - 1 - most]!;
}

/** The share of scores ≥ `threshold`. */
export function shareFrom(threshold: number, scores: Float64Array): number {
  let count = 0;
  for (const score of scores) if (score >= threshold) count++;
  return count / scores.length;
}

/** The largest count with count / total ≤ share, whatever share · total rounds to. */
export function mostCount(share: number, total: number): number {
  const about = Math.round(share * total);
  return about / total <= share ? about : about - 1;
}

/** The least count with count / total ≥ share. */
function leastCount(share: number, total: number): number {
  const about = Math.round(share * total);
  return about / total >= share ? about : about + 1;
}
