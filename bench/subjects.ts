import {amsoftmax, arcface, asoftmax, combined, hinge, type Loss, lsoftmax, softmax} from 'tfjs-losses';
import {
  type NaiveLoss,
  naiveAMSoftmax,
  naiveArcFace,
  naiveASoftmax,
  naiveCombination,
  naiveHinge,
  naiveLSoftmax,
  naiveSoftmax,
} from './naive.js';

/** A loss of this package, and the same written naively. */
export interface Subject {
  readonly loss: Loss;
  readonly naive: NaiveLoss;
}

const [margin, m] = [1, 4];
/** A constant that leaves the margin its weight, so that the naive losses can be seen to agree in it. */
const lambda = 5;
const scale = 8;

const single = {
  hinge: {loss: hinge({margin}), naive: naiveHinge(margin)},
  softmax: {loss: softmax(), naive: naiveSoftmax},
  lsoftmax: {loss: lsoftmax({m, lambda}), naive: naiveLSoftmax(m, lambda)},
  asoftmax: {loss: asoftmax({m, lambda}), naive: naiveASoftmax(m, lambda)},
  amsoftmax: {loss: amsoftmax({margin: 0.35, scale}), naive: naiveAMSoftmax(0.35, scale)},
  arcface: {loss: arcface({margin: 0.5, scale}), naive: naiveArcFace(0.5, scale)},
} satisfies Record<string, Subject>;

const terms = [
  [0.25, single.hinge],
  [0.65, single.lsoftmax],
  [0.34, single.asoftmax],
] as const;

/** The combination of the paper. */
export const combination: Subject = {
  loss: combined(terms.map(([weight, {loss}]) => [weight, loss])),
  naive: naiveCombination(terms.map(([weight, {naive}]) => [weight, naive])),
};

/** Each loss, and the combination of three. */
export const subjects: Readonly<Record<string, Subject>> = {...single, combination};

/** The first so many of four terms. */
export function combinationOf(count: number): Loss {
  const four = [
    ...terms.map(([weight, {loss}]) => [weight, loss] as const),
    [1, single.softmax.loss] as const,
  ];
  return combined(four.slice(0, count));
}
