import fc from 'fast-check';
import type {Problem} from '../reference/losses.js';
import {fromColumns} from '../reference/vectors.js';

/** Labels as rows with a single 1. */
export function oneHot(classIds: readonly number[], classes: number): number[][] {
  return classIds.map((y) => Array.from({length: classes}, (_, j) => (j === y ? 1 : 0)));
}

/** The problem that a float32 program sees: the oracle must be given the same numbers. */
export function roundToFloat32(problem: Problem): Problem {
  const round = (rows: Problem['features']) => rows.map((row) => row.map(Math.fround));
  return {
    ...problem,
    features: round(problem.features),
    kernel: round(problem.kernel),
    labels: round(problem.labels),
    ...(problem.bias ? {bias: problem.bias.map(Math.fround)} : {}),
  };
}

/**
 * A batch to test on, and the gradient that arrives from what is done with the losses: never the same for
 * all.
 */
export interface Sample {
  readonly problem: Problem;
  readonly upstream: readonly number[];
}

export interface SampleOptions {
  /** Whether a bias is drawn. @defaultValue true */
  readonly bias?: boolean;
  /**
   * Whether whole rows of x and columns of W are stretched by powers of ten from 1e-15 to 1e15. @defaultValue
   * false
   */
  readonly extreme?: boolean;
  /** The fewest classes. @defaultValue 1 */
  readonly minClasses?: number;
}

/**
 * Random batches of up to 5 examples, 6 features and 6 classes, down to 1 of each. The numbers are multiples
 * of 1/1024 in [−4, 4], hence exact in float32, and shrink to 0; zero rows, zero columns and ties do come up.
 */
export function samples(options: SampleOptions = {}): fc.Arbitrary<Sample> {
  const {bias = true, extreme = false, minClasses = 1} = options;
  const sizes = fc.record({
    batch: fc.integer({min: 1, max: 5}),
    inputs: fc.integer({min: 1, max: 6}),
    classes: fc.integer({min: minClasses, max: 6}),
  });
  return sizes.chain(({batch, inputs, classes}) =>
    fc
      .record({
        features: list(batch, vector(inputs, extreme)),
        columns: list(classes, vector(inputs, extreme)),
        bias: list(classes, gridNumber),
        classIds: list(batch, fc.integer({min: 0, max: classes - 1})),
        upstream: list(batch, fc.integer({min: -16, max: 16})),
      })
      .map((drawn) => ({
        problem: roundToFloat32({
          features: drawn.features,
          kernel: fromColumns(...drawn.columns),
          labels: oneHot(drawn.classIds, classes),
          ...(bias ? {bias: drawn.bias} : {}),
        }),
        upstream: drawn.upstream.map((value, example) => value / 8 + (example + 1) / 16),
      })),
  );
}

/** The same, with and without bias, and with and without normalised kernels. */
export function samplesOfAnyHead(options: Omit<SampleOptions, 'bias'> = {}): fc.Arbitrary<Sample> {
  const batches = fc.oneof(samples({...options, bias: true}), samples({...options, bias: false}));
  return fc
    .tuple(batches, fc.boolean())
    .map(([sample, normalizeKernel]) => ({...sample, problem: {...sample.problem, normalizeKernel}}));
}

/** A multiple of 1/1024 in [−4, 4]. */
export const gridNumber = fc.integer({min: -4096, max: 4096}).map((value) => value / 1024);

function vector(length: number, extreme: boolean): fc.Arbitrary<number[]> {
  const ordinary = fc.oneof(
    {weight: 8, arbitrary: list(length, gridNumber)},
    {weight: 1, arbitrary: fc.constant(new Array<number>(length).fill(0))},
    {weight: 1, arbitrary: list(length, fc.constantFrom(-1, 0, 1))},
  );
  const exponent = extreme ? fc.constantFrom(0, -15, -8, -3, 3, 8, 15) : fc.constant(0);
  return fc.tuple(ordinary, exponent).map(([values, power]) => values.map((value) => value * 10 ** power));
}

/** An array of exactly this length. */
export function list<T>(length: number, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, {minLength: length, maxLength: length});
}
