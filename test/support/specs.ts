import fc from 'fast-check';
import type {LossSpec} from '../reference/losses.js';

/** One of each loss, and a combination of all, for what must hold whatever the loss. */
export const everyLoss: Record<LossSpec['kind'], LossSpec> = {
  hinge: {kind: 'hinge', margin: 1},
  softmax: {kind: 'softmax', labelSmoothing: 0.1},
  lsoftmax: {kind: 'lsoftmax', m: 4, lambda: 0.5},
  asoftmax: {kind: 'asoftmax', m: 3, lambda: 0},
  combined: {
    kind: 'combined',
    terms: [
      [0.25, {kind: 'hinge', margin: 1}],
      [0.65, {kind: 'lsoftmax', m: 4, lambda: 0}],
      [0.34, {kind: 'asoftmax', m: 4, lambda: 0}],
    ],
  },
};

/** Any λ from 0 to 1e6, the ends included. */
const lambdas = fc.oneof(
  fc.constantFrom(0, 1e6),
  fc.integer({min: 0, max: 100}).map((value) => value / 10),
  fc.integer({min: 0, max: 6}).map((power) => 10 ** power),
);

const margins = fc.record({m: fc.integer({min: 1, max: 8}), lambda: lambdas});

/** Losses of one kind with any options. */
export const specsOf = {
  hinge: fc.integer({min: 0, max: 80}).map((value): LossSpec => ({kind: 'hinge', margin: value / 16})),
  softmax: fc
    .oneof(
      fc.constant(0),
      fc.integer({min: 0, max: 15}).map((value) => value / 16),
    )
    .map((labelSmoothing): LossSpec => ({kind: 'softmax', labelSmoothing})),
  lsoftmax: margins.map((margin): LossSpec => ({kind: 'lsoftmax', ...margin})),
  asoftmax: margins.map((margin): LossSpec => ({kind: 'asoftmax', ...margin})),
};

/** Any loss with any options, combinations aside. */
export const singleSpecs: fc.Arbitrary<LossSpec> = fc.oneof(...Object.values(specsOf));

/** A positive weight of a combination's term. */
export const weights = fc.integer({min: 1, max: 64}).map((value) => value / 16);

/** Two or three weighted losses. */
export const weightedSpecs: fc.Arbitrary<[number, LossSpec][]> = fc.array(fc.tuple(weights, singleSpecs), {
  minLength: 2,
  maxLength: 3,
});
