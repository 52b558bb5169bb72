import {checkNumber} from '../checks/checks.js';
import type {Scale} from './term.js';

/** P: a probability of 0.9 is odds of 9 to 1. */
const ODDS = 9;

/**
 * The scale s of cosine logits for so many classes: what `scale: 'auto'` stands for.
 *
 * ```math
 * s = \frac{C − 1}{C} \ln \frac{(C − 1) P}{1 − P}, \qquad P = 0.9
 * ```
 *
 * When C classes are as far apart as possible, at the corners of a simplex, the cosine of the true class exceeds every other by
 * at most $`C/(C − 1)`$, so this is the smallest scale at which the softmax of the cosines can reach the probability P. P was
 * chosen by experiment, on 2 to 1,000 classes: a scale below the best costs little accuracy, one above it much, especially with
 * ArcFace. [The guide on the scale](../../docs/scale.md) has the results.
 *
 * @param classes - C, the number of classes, an integer ≥ 1. A single class, whose loss is 0 at any scale, gives 1.
 * @throws RangeError if `classes` is not an integer ≥ 1; TypeError if it is not a number.
 * @returns s > 0: 1.1 for 2 classes, 4.0 for 10, 6.7 for 100, 9.1 for 1,000.
 *
 * @example
 * ```ts
 * import {autoScale} from 'tfjs-losses';
 *
 * autoScale(10); // 3.955
 * ```
 */
export function autoScale(classes: number): number {
  checkNumber('autoScale', 'classes', classes, {atLeast: 1, integer: true});
  return classes === 1 ? 1 : (1 - 1 / classes) * Math.log(ODDS * (classes - 1));
}

/** A scale as a number. */
export function scaleOf(scale: Scale, classes: number): number {
  return scale === 'auto' ? autoScale(classes) : scale;
}
