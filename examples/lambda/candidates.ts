import {annealedLambda, asoftmax, type Loss, lsoftmax} from 'tfjs-losses';

const annealedTo = (min: number) => annealedLambda({base: 1000, gamma: 0.12, power: 1, min});

/**
 * The candidates for the default λ of L-Softmax and A-Softmax: no annealing, the schedules of the original
 * implementations, and SphereFace's with larger minima.
 */
export const candidates: Readonly<Record<string, number | ReturnType<typeof annealedLambda>>> = {
  'SphereFace, min 50': annealedTo(50),
  'SphereFace, min 20': annealedTo(20),
  'SphereFace, min 5': annealedTo(5),
  'L-Softmax on CIFAR-10': annealedLambda({base: 1000, gamma: 2e-5, power: 45, min: 0}),
  'λ = 0 throughout': 0,
};

/** The margin losses that each candidate is tried with. */
export const marginLosses: ReadonlyArray<{readonly name: 'lsoftmax' | 'asoftmax'; readonly m: number}> = [
  {name: 'lsoftmax', m: 2},
  {name: 'lsoftmax', m: 3},
  {name: 'lsoftmax', m: 4},
  {name: 'asoftmax', m: 2},
  {name: 'asoftmax', m: 3},
  {name: 'asoftmax', m: 4},
];

/** A margin loss with a candidate for its λ. */
export function withCandidate({name, m}: (typeof marginLosses)[number], candidate: string): Loss {
  const lambda = candidates[candidate]!;
  return name === 'lsoftmax' ? lsoftmax({m, lambda}) : asoftmax({m, lambda});
}
