import type {Scale} from './term.js';

/** The probability of the true class that the scale leaves room for where the classes lie as far apart as they can. */
const PROBABILITY = 0.999;

/**
 * The scale s of cosine logits for so many classes: what `scale: 'auto'` stands for.
 *
 * ```math
 * s = \frac{C − 1}{C} \log \frac{(C − 1)P}{1 − P}, \qquad P = 0.999
 * ```
 *
 * With class weights at the corners of a simplex and features in the direction of theirs, the cosine of the true class exceeds the
 * others by $`C/(C − 1)`$; so s is what the probability P takes.
 */
export function autoScale(classes: number): number {
  if (classes < 2) return 1;
  return ((classes - 1) / classes) * Math.log(((classes - 1) * PROBABILITY) / (1 - PROBABILITY));
}

/** A scale as a number. */
export function scaleOf(scale: Scale, classes: number): number {
  return scale === 'auto' ? autoScale(classes) : scale;
}
