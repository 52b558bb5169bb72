import {annealedLambda, asoftmax, combined, hinge, type Loss, lsoftmax, softmax} from 'tfjs-losses';

/** A loss that takes part in the comparison. */
export interface Contender {
  readonly title: string;
  readonly loss: Loss;
  /** Whether the last layer ranks classes by angle alone, as it should where A-Softmax stands alone. */
  readonly normalizeKernel: boolean;
}

/**
 * λ falls from 100 to 0.7 over the 1,260 steps of the quickstart. The default schedule stops at 50, a margin too
 * mild to see. Falling much faster is no better: a plane has little room for ten
 * classes, and two that have not parted when the margin sets in may stay on top of each other.
 */
const lambda = annealedLambda({base: 100, gamma: 0.12, power: 1, min: 0});

export const contenders: readonly Contender[] = [
  {title: 'Softmax', loss: softmax(), normalizeKernel: false},
  {title: 'Hinge', loss: hinge(), normalizeKernel: false},
  {title: 'L-Softmax', loss: lsoftmax({m: 4, lambda}), normalizeKernel: false},
  {title: 'A-Softmax', loss: asoftmax({m: 4, lambda}), normalizeKernel: true},
  {
    title: 'Combination',
    loss: combined([
      [0.25, hinge()],
      [0.65, lsoftmax({m: 4, lambda})],
      [0.34, asoftmax({m: 4, lambda})],
    ]),
    normalizeKernel: false,
  },
];
