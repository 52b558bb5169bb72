import {ascending} from './checks.js';

/**
 * Area under the ROC curve: the probability that a positive scores higher than a negative.
 *
 * AUROC = P(p > n) + ½·P(p = n)
 *
 * 1 is perfect, 0.5 is chance. Only the order of the scores counts.
 *
 * @param positives - Scores of what should be accepted, say of known examples.
 * @param negatives - Scores of what should be refused.
 * @returns From 0 to 1.
 * @throws RangeError if a side is empty or has NaN; TypeError if it is no list.
 *
 * @example
 * ```ts
 * import {auroc} from 'tfjs-losses/metrics';
 *
 * auroc([0.9, 0.8, 0.4], [0.5, 0.4]); // 0.75
 * ```
 *
 * Source: Hanley & McNeil, *The meaning and use of the area under a receiver operating characteristic (ROC) curve*,
 * Radiology 1982.
 */
export function auroc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const accepted = ascending('auroc', 'positives', positives);
  const refused = ascending('auroc', 'negatives', negatives);
  let below = 0; // negatives < p
  let upTo = 0; // negatives ≤ p
  let halves = 0;
  for (const score of accepted) {
    while (refused[below]! < score) below++;
    while (refused[upTo]! <= score) upTo++;
    halves += below + upTo;
  }
  return halves / (2 * accepted.length * refused.length);
}
