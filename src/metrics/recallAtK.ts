import {checkCount} from './checks.js';
import {dot, type Label, labelledDirections} from './embeddings.js';

/**
 * Recall at k: the share of examples that have one of their own class among their k nearest neighbours, by cosine, the
 * example itself left out. The usual metric of embeddings.
 *
 * R@k = |{i : an example of i's class is among the k examples j ≠ i with the largest cos(x_i, x_j)}| / n
 *
 * Examples that are alone in their class cannot be found and do not count. An example of another class at exactly the same
 * cosine, but for rounding (10⁻¹²), counts as nearer, so that embeddings of the same direction do not score. Every pair is compared: n²·d/2 multiplications.
 *
 * @param embeddings - One vector per example.
 * @param labels - The class of each.
 * @param k - An integer ≥ 1.
 * @returns From 0 to 1 (perfect).
 * @throws RangeError if a list is empty, lengths do not fit, a number is not finite, every example is alone in its class
 * or `k` is out of range; TypeError if an argument is no list.
 *
 * @example
 * ```ts
 * import {recallAtK} from 'tfjs-losses/metrics';
 *
 * const embeddings = [[1, 0], [0.9, 0.1], [0.7, 0.75], [0, 1]];
 * recallAtK(embeddings, ['a', 'a', 'b', 'b']); // 0.75
 * recallAtK(embeddings, ['a', 'a', 'b', 'b'], 2); // 1
 * ```
 *
 * Source: Oh Song et al., *Deep Metric Learning via Lifted Structured Feature Embedding*, CVPR 2016, section 5.
 */
export function recallAtK(embeddings: ArrayLike<ArrayLike<number>>, labels: ArrayLike<Label>, k = 1): number {
  checkCount('recallAtK', 'k', k);
  const {directions, labels: classes} = labelledDirections('recallAtK', embeddings, labels);
  let [found, queries] = [0, 0];
  for (const [i, query] of directions.entries()) {
    const cosines = directions.map((direction) => dot(query, direction));
    const nearest = cosines.reduce(
      (most, cosine, j) => (j !== i && classes[j] === classes[i] ? Math.max(most, cosine) : most),
      Number.NEGATIVE_INFINITY,
    );
    if (nearest === Number.NEGATIVE_INFINITY) continue; // alone in its class
    queries++;
    const before = cosines.filter(
      (cosine, j) => classes[j] !== classes[i] && cosine >= nearest - ROUNDING,
    ).length;
    if (before < k) found++;
  }
  if (queries === 0) {
    throw new RangeError('recallAtK: every example is alone in its class; give at least two of a class');
  }
  return found / queries;
}

/** By how much the cosines of equal directions may differ. */
const ROUNDING = 1e-12;
