import {auroc} from './auroc.js';
import {judgementsOf, scoresOf} from './checks.js';

/**
 * Open-set classification rate: the area under the curve of correct classification rate (known examples that are accepted
 * *and* given their own class) over false positive rate (unknown examples that are accepted).
 *
 * OSCR = P(correct, k > u) + ½·P(correct, k = u)
 *
 * It is the accuracy on the known times the AUROC of those classified correctly, so never more than either.
 *
 * @param known - Scores of known examples.
 * @param correct - For each of them, whether its class was predicted correctly: booleans, or 1 and 0.
 * @param unknown - Scores of unknown examples.
 * @returns From 0 to 1 (perfect).
 * @throws RangeError if a list is empty, has NaN, or `correct` has other values or another length than `known`; TypeError if it is no list.
 *
 * @example
 * ```ts
 * import {oscr} from 'tfjs-losses/metrics';
 *
 * oscr([0.9, 0.8, 0.7, 0.6], [true, true, false, true], [0.5, 0.7]); // 0.625
 * ```
 *
 * Source: Dhamija, Günther & Boult, *Reducing Network Agnostophobia*, NeurIPS 2018, section 4.
 */
export function oscr(
  known: ArrayLike<number>,
  correct: ArrayLike<boolean> | ArrayLike<number>,
  unknown: ArrayLike<number>,
): number {
  const scores = scoresOf('oscr', 'known', known);
  const isRight = judgementsOf('oscr', correct, ['known', known]);
  const strangers = scoresOf('oscr', 'unknown', unknown);
  const right = scores.filter((_, i) => isRight[i]);
  return right.length === 0 ? 0 : (right.length / scores.length) * auroc(right, strangers);
}
