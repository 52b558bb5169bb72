import fc from 'fast-check';
import type {BaseSpec, LossSpec, ProbabilitySpec} from '../reference/losses.js';

/** Those of numbers per class fit one number of classes only: they have tests of their own. */
type EveryName =
  | Exclude<LossSpec['kind'], 'logitAdjusted' | 'ldam' | 'custom'>
  | 'squaredHinge'
  | 'largestHinge';

/** One of each loss, and a combination of every kind of logits, for what must hold whatever the loss. */
export const everyLoss: Record<EveryName, LossSpec> = {
  hinge: {kind: 'hinge', margin: 1},
  squaredHinge: {kind: 'hinge', margin: 1, squared: true},
  largestHinge: {kind: 'hinge', margin: 1, form: 'max'},
  softmax: {kind: 'softmax', labelSmoothing: 0.1},
  lsoftmax: {kind: 'lsoftmax', m: 4, lambda: 0.5},
  asoftmax: {kind: 'asoftmax', m: 3, lambda: 0},
  normalizedSoftmax: {kind: 'normalizedSoftmax', scale: 'auto'},
  amsoftmax: {kind: 'amsoftmax', margin: 0.35, scale: 'auto'},
  arcface: {kind: 'arcface', margin: 0.5, scale: 8},
  combinedMargin: {kind: 'combinedMargin', m1: 1.5, m2: 0.3, m3: 0.2, scale: 'auto'},
  magface: {
    kind: 'magface',
    minNorm: 0.9,
    maxNorm: 5.3,
    minMargin: 0.2,
    maxMargin: 0.8,
    regularizer: 'auto',
    scale: 'auto',
  },
  focal: {kind: 'focal', gamma: 2},
  poly: {kind: 'poly', epsilon: 1},
  generalizedCrossEntropy: {kind: 'generalizedCrossEntropy', q: 0.7},
  reverseCrossEntropy: {kind: 'reverseCrossEntropy', floor: 1e-4},
  normalizedCrossEntropy: {kind: 'normalizedCrossEntropy'},
  combined: {
    kind: 'combined',
    terms: [
      [0.25, {kind: 'hinge', margin: 1}],
      [0.65, {kind: 'lsoftmax', m: 4, lambda: 0}],
      [0.34, {kind: 'asoftmax', m: 4, lambda: 0}],
      [0.5, {kind: 'arcface', margin: 0.3, scale: 'auto'}],
      [0.5, {kind: 'focal', gamma: 1, base: {kind: 'lsoftmax', m: 2, lambda: 1}}],
      [0.5, {kind: 'normalizedCrossEntropy'}],
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

const scales = fc.constantFrom<(number | 'auto')[]>('auto', 0.5, 1, 8, 30, 64);

/** A multiple of 1/64 in [from, to]. */
const between = (from: number, to: number) =>
  fc.integer({min: from * 64, max: to * 64}).map((value) => value / 64);

/** Losses that may be a base of others. */
const bases = {
  lsoftmax: margins.map((margin): BaseSpec => ({kind: 'lsoftmax', ...margin})),
  asoftmax: margins.map((margin): BaseSpec => ({kind: 'asoftmax', ...margin})),
  normalizedSoftmax: scales.map((scale): BaseSpec => ({kind: 'normalizedSoftmax', scale})),
  amsoftmax: fc
    .record({margin: between(-1, 1), scale: scales})
    .map((options): BaseSpec => ({kind: 'amsoftmax', ...options})),
  arcface: fc
    .record({margin: between(0, 3.125), scale: scales})
    .map((options): BaseSpec => ({kind: 'arcface', ...options})),
  combinedMargin: fc
    .record({m1: between(1, 4), m2: between(0, 3.125), m3: between(-1, 1), scale: scales})
    .map((options): BaseSpec => ({kind: 'combinedMargin', ...options})),
};

/** What is a function of p_y, on softmax or on any base. */
const onBases = <S extends ProbabilitySpec>(specs: fc.Arbitrary<S>) =>
  fc
    .tuple(specs, fc.option(fc.oneof(...Object.values(bases)), {nil: undefined}))
    .map(([spec, base]): ProbabilitySpec => (base ? {...spec, base} : spec));

/** Losses of one kind with any options. */
export const specsOf = {
  hinge: fc
    .record({
      margin: fc.integer({min: 0, max: 80}),
      squared: fc.boolean(),
      form: fc.constantFrom('sum', 'max'),
    })
    .map(({margin, ...options}): LossSpec => ({kind: 'hinge', margin: margin / 16, ...options})),
  softmax: fc
    .oneof(
      fc.constant(0),
      fc.integer({min: 0, max: 15}).map((value) => value / 16),
    )
    .map((labelSmoothing): LossSpec => ({kind: 'softmax', labelSmoothing})),
  ...bases,
  // Norms of 0.9 and 5.3 are none of the tests', so that none is at a bend.
  magface: fc
    .record({
      minNorm: fc.constantFrom(0.01, 0.9),
      maxNorm: fc.constantFrom(5.3, 110),
      minMargin: between(0, 0.5),
      maxMargin: between(0.5, 3.125),
      regularizer: fc.constantFrom<(number | 'auto')[]>('auto', 0, 2),
      scale: scales,
    })
    .map((options): LossSpec => ({kind: 'magface', ...options})),
  focal: onBases(fc.constantFrom(0, 0.25, 0.5, 1, 2, 5).map((gamma) => ({kind: 'focal' as const, gamma}))),
  poly: onBases(fc.constantFrom(-1, -0.5, 0, 1, 2).map((epsilon) => ({kind: 'poly' as const, epsilon}))),
  generalizedCrossEntropy: onBases(
    fc.constantFrom(0, 1e-7, 0.01, 0.5, 0.7, 1).map((q) => ({kind: 'generalizedCrossEntropy' as const, q})),
  ),
  reverseCrossEntropy: onBases(
    fc.constantFrom(1e-4, 0.5, 1e-7).map((floor) => ({kind: 'reverseCrossEntropy' as const, floor})),
  ),
  normalizedCrossEntropy: fc.constant<LossSpec>({kind: 'normalizedCrossEntropy'}),
};

/** Any loss with any options, combinations aside. */
export const singleSpecs: fc.Arbitrary<LossSpec> = fc.oneof(...Object.values(specsOf));

/** A positive weight of a combination's term. */
export const weights = fc.integer({min: 1, max: 64}).map((value) => value / 16);

/** Two to four weighted losses. */
export const weightedSpecs: fc.Arbitrary<[number, LossSpec][]> = fc.array(fc.tuple(weights, singleSpecs), {
  minLength: 2,
  maxLength: 4,
});
