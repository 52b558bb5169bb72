/** The metrics of scores, pair by pair and threshold by threshold as their definitions read. */

const share = (scores: readonly number[], accepts: (score: number) => boolean) =>
  scores.filter(accepts).length / scores.length;

/** Every threshold that makes a difference, and one above all scores. */
function thresholds(...sides: readonly (readonly number[])[]): number[] {
  return [Number.POSITIVE_INFINITY, ...sides.flat()];
}

export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

export function fprAtTpr(positives: readonly number[], negatives: readonly number[], tpr: number): number {
  const rates = thresholds(positives, negatives)
    .filter((t) => share(positives, (p) => p >= t) >= tpr)
    .map((t) => share(negatives, (n) => n >= t));
  return Math.min(...rates);
}

export function tprAtFpr(positives: readonly number[], negatives: readonly number[], fpr: number): number {
  const rates = thresholds(positives, negatives)
    .filter((t) => share(negatives, (n) => n >= t) <= fpr)
    .map((t) => share(positives, (p) => p >= t));
  return Math.max(...rates);
}

/** The area under correct classification rate over false positive rate, by trapezoids. */
export function oscr(
  known: readonly number[],
  correct: readonly boolean[],
  unknown: readonly number[],
): number {
  const points = [...new Set(thresholds(known, unknown))]
    .sort((left, right) => right - left)
    .map((t) => ({
      x: share(unknown, (u) => u >= t),
      y: known.filter((k, i) => correct[i] && k >= t).length / known.length,
    }));
  return points.slice(1).reduce((area, {x, y}, i) => area + ((x - points[i]!.x) * (y + points[i]!.y)) / 2, 0);
}
