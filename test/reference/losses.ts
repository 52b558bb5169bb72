import {
  type AngularMargin,
  additiveAngularMargin,
  additiveCosineMargin,
  boundedNorm,
  combinedAngularMargin,
  cosineLogit,
  type Magnitudes,
  magnitudeMargin,
} from './cosines.js';
import {
  angularLogit,
  angularMarginLogit,
  type Logit,
  marginLogit,
  plainLogit,
  throughNormalisation,
} from './logits.js';
import {
  crossEntropyRow,
  focalLoss,
  generalizedLoss,
  hingeRow,
  normalizedRow,
  onlyRow,
  polyLoss,
  probabilityRow,
  type RowLoss,
  reverseLoss,
} from './rowLosses.js';
import {
  addToColumn,
  addToRow,
  column,
  type Matrix,
  norm,
  scale,
  unit,
  type Vector,
  zeros,
} from './vectors.js';

/** A loss as data, so that one description drives the oracle and the library alike. */
export type LossSpec =
  | {
      readonly kind: 'hinge';
      readonly margin: number;
      readonly squared?: boolean;
      readonly form?: 'sum' | 'max';
    }
  | {readonly kind: 'softmax'; readonly labelSmoothing: number}
  | {readonly kind: 'lsoftmax'; readonly m: number; readonly lambda: number}
  | {readonly kind: 'asoftmax'; readonly m: number; readonly lambda: number}
  | {readonly kind: 'normalizedSoftmax'; readonly scale: Scale}
  | {readonly kind: 'amsoftmax'; readonly margin: number; readonly scale: Scale}
  | {readonly kind: 'arcface'; readonly margin: number; readonly scale: Scale}
  | {
      readonly kind: 'combinedMargin';
      readonly m1: number;
      readonly m2: number;
      readonly m3: number;
      readonly scale: Scale;
    }
  | {readonly kind: 'logitAdjusted'; readonly counts: readonly number[]; readonly tau: number}
  | {
      readonly kind: 'ldam';
      readonly counts: readonly number[];
      readonly maxMargin: number;
      readonly scale: Scale;
    }
  | ({readonly kind: 'magface'; readonly regularizer: number | 'auto'; readonly scale: Scale} & Magnitudes)
  | ProbabilitySpec
  | {readonly kind: 'normalizedCrossEntropy'}
  | {readonly kind: 'custom'; readonly margin: AngularMargin; readonly scale: Scale}
  | {readonly kind: 'combined'; readonly terms: readonly (readonly [weight: number, loss: LossSpec])[]};

/** A function of p_y; without a base that of softmax. */
export type ProbabilitySpec = {readonly base?: BaseSpec} & (
  | {readonly kind: 'focal'; readonly gamma: number}
  | {readonly kind: 'poly'; readonly epsilon: number}
  | {readonly kind: 'generalizedCrossEntropy'; readonly q: number}
  | {readonly kind: 'reverseCrossEntropy'; readonly floor: number}
);

/** Cross-entropy of logits with a margin. */
export type BaseSpec = Extract<
  LossSpec,
  {kind: 'lsoftmax' | 'asoftmax' | 'normalizedSoftmax' | 'amsoftmax' | 'arcface' | 'combinedMargin'}
>;

/** g(‖x‖) of MagFace. */
type NormSpec = {readonly kind: 'norm'} & Magnitudes;

type TermSpec = Exclude<LossSpec, {kind: 'combined'}> | NormSpec;

/** Those of cosines alone. */
type CosineSpec = Extract<LossSpec, {scale: Scale}>;

/** s of the logits s·cos θ_j; `'auto'` is what the library makes of the number of classes. */
type Scale = number | 'auto';

/**
 * Everything a loss is a function of. Features [B, D], kernel [D, C], bias [C], labels [B, C] (one-hot, or
 * soft for softmax).
 */
export interface Problem {
  readonly features: Matrix;
  readonly kernel: Matrix;
  readonly bias?: Vector;
  readonly labels: Matrix;
  readonly normalizeKernel?: boolean;
}

/** Losses [B], and the gradients of Σ_b upstream_b · losses_b. */
export interface Evaluation {
  readonly losses: Vector;
  readonly features: Matrix;
  readonly kernel: Matrix;
  readonly bias: Vector;
}

/** The losses of a batch and their gradients in float64. */
export function evaluate(spec: LossSpec, problem: Problem, upstream: Vector): Evaluation {
  return accumulate(flatten(spec, problem), problem, upstream, {
    loss: (row) => row.value,
    slopes: (row) => row.slopes,
    wrtFeatures: (logit) => logit.wrtFeatures,
    wrtColumn: (logit) => logit.wrtColumn,
  });
}

/** How closely float32 arithmetic is asked to agree with the oracle. */
export interface Precision {
  /** Of losses, relative to the loss. */
  readonly value: number;
  /** Of losses, in absolute terms. */
  readonly absolute: number;
  /** Of gradients, relative to the largest they could be: the gradients of a saturated loss are nearly 0. */
  readonly gradient: number;
  /**
   * Of logits, relative to their magnitude: some units of the rounding error 2⁻²⁴, growing with the number of
   * features.
   */
  readonly logit: number;
  /**
   * Of gradients, in absolute terms: near the smallest normal number 1.2e-38, float32 loses digits and then
   * everything.
   */
  readonly underflow: number;
}

/** The largest deviation from `evaluate` that the precision allows, for every number of an evaluation. */
export function tolerances(
  spec: LossSpec,
  problem: Problem,
  upstream: Vector,
  precision: Precision,
): Evaluation {
  const terms = flatten(spec, problem).map(([weight, term]) => [Math.abs(weight), term] as const);
  const shift = (logits: readonly Logit[]) =>
    precision.logit * Math.max(...logits.map((logit) => logit.magnitude.value));
  const allowed = accumulate(terms, problem, upstream.map(Math.abs), {
    loss: (row, logits) =>
      precision.value * Math.abs(row.value) + precision.absolute + row.valueUncertainty(shift(logits)),
    slopes: (row, logits) =>
      row.slopeUncertainty(shift(logits)).map((uncertainty) => precision.gradient + uncertainty),
    wrtFeatures: (logit) => logit.wrtFeatures.map(() => logit.magnitude.wrtFeatures),
    wrtColumn: (logit) => logit.wrtColumn.map(() => logit.magnitude.wrtColumn),
  });
  const aboveUnderflow = (matrix: Matrix) =>
    matrix.map((row) => row.map((value) => value + precision.underflow));
  return {...allowed, features: aboveUnderflow(allowed.features), kernel: aboveUnderflow(allowed.kernel)};
}

/** What is summed over terms and examples: a loss, and the chain rule's two factors. */
interface Summands {
  loss(row: RowLoss, logits: readonly Logit[]): number;
  slopes(row: RowLoss, logits: readonly Logit[]): Vector;
  wrtFeatures(logit: Logit): Vector;
  wrtColumn(logit: Logit): Vector;
}

type WeightedTerm = readonly [weight: number, term: TermSpec];

function accumulate(
  terms: readonly WeightedTerm[],
  problem: Problem,
  upstream: Vector,
  summands: Summands,
): Evaluation {
  const [batch, inputs, classes] = [
    problem.features.length,
    problem.kernel.length,
    problem.kernel[0]!.length,
  ];
  const losses = new Array<number>(batch).fill(0);
  const bias = new Array<number>(classes).fill(0);
  const features = zeros(batch, inputs);
  const kernel = zeros(inputs, classes);
  for (const [weight, term] of terms) {
    for (let example = 0; example < batch; example++) {
      const logits = logitsOf(term, problem, example);
      const row = rowLoss(term, logits, problem.labels[example]!);
      const slopes = scale(weight * upstream[example]!, summands.slopes(row, logits));
      losses[example]! += weight * summands.loss(row, logits);
      for (const [j, logit] of logits.entries()) {
        addToRow(features, example, scale(slopes[j]!, summands.wrtFeatures(logit)));
        addToColumn(kernel, j, scale(slopes[j]!, summands.wrtColumn(logit)));
        bias[j]! += slopes[j]! * logit.wrtBias;
      }
    }
  }
  return {losses, features, kernel, bias};
}

/** A combination is the sum of its terms, a nested one with the weights multiplied. MagFace is the sum of two. */
function flatten(spec: LossSpec, problem: Problem): readonly WeightedTerm[] {
  if (spec.kind === 'magface') {
    const {regularizer, scale} = spec;
    const auto = (35 / 64) * scaleFor(scale, problem.labels[0]!.length);
    return [
      [1, spec],
      [regularizer === 'auto' ? auto : regularizer, {...spec, kind: 'norm'}],
    ];
  }
  if (spec.kind !== 'combined') {
    return [[1, spec]];
  }
  return spec.terms.flatMap(([weight, loss]) =>
    flatten(loss, problem).map(([innerWeight, term]) => [weight * innerWeight, term] as const),
  );
}

function logitsOf(term: TermSpec, problem: Problem, example: number): Logit[] {
  if ('base' in term && term.base) return logitsOf(term.base, problem, example);
  const x = problem.features[example]!;
  if (term.kind === 'norm') return [normLogit(x, column(problem.kernel, 0), term)];
  const y = trueClass(problem.labels[example]!);
  return problem.kernel[0]!.map((_, j) => {
    const weights = column(problem.kernel, j);
    const isTarget = j === y;
    if ('scale' in term) {
      const length = problem.normalizeKernel ? norm(unit(weights)) : norm(weights);
      const margin = isTarget ? marginOf(term, x, y) : noMargin;
      return cosineLogit(x, weights, length, scaleFor(term.scale, problem.labels[0]!.length), margin);
    }
    if (term.kind === 'asoftmax') {
      return isTarget ? angularMarginLogit(x, weights, term) : angularLogit(x, weights);
    }
    const bias = (problem.bias?.[j] ?? 0) + (term.kind === 'logitAdjusted' ? priorOf(term, j) : 0);
    const used = problem.normalizeKernel ? unit(weights) : weights;
    const logit =
      term.kind === 'lsoftmax' && isTarget ? marginLogit(x, used, bias, term) : plainLogit(x, used, bias);
    return problem.normalizeKernel ? throughNormalisation(logit, weights) : logit;
  });
}

/** τ·log π_j */
function priorOf({counts, tau}: Extract<LossSpec, {kind: 'logitAdjusted'}>, j: number): number {
  return tau * Math.log(counts[j]! / counts.reduce((sum, count) => sum + count));
}

/** a/u_a² + 1/a, of a = ‖x‖ between l_a and u_a: no logit, but a function of features like one. */
function normLogit(x: Vector, weights: Vector, term: NormSpec): Logit {
  const {a, isFree} = boundedNorm(x, term);
  const [ofLinear, ofInverse] = [1 / term.maxNorm ** 2, 1 / a ** 2];
  return {
    value: a * ofLinear + 1 / a,
    wrtFeatures: scale(isFree ? ofLinear - ofInverse : 0, unit(x)),
    wrtColumn: scale(0, weights),
    wrtBias: 0,
    magnitude: {value: a * ofLinear + 1 / a, wrtFeatures: ofLinear + ofInverse, wrtColumn: 0},
  };
}

const noMargin = additiveCosineMargin(0);

function marginOf(term: CosineSpec, x: Vector, y: number): AngularMargin {
  switch (term.kind) {
    case 'normalizedSoftmax':
      return noMargin;
    case 'amsoftmax':
      return additiveCosineMargin(term.margin);
    case 'arcface':
      return additiveAngularMargin(term.margin);
    case 'ldam':
      return additiveCosineMargin(term.maxMargin * (Math.min(...term.counts) / term.counts[y]!) ** 0.25);
    case 'combinedMargin':
      return combinedAngularMargin(term.m1, term.m2, term.m3);
    case 'magface':
      return magnitudeMargin(x, term);
    case 'custom':
      return term.margin;
  }
}

/** (C − 1)/C · log((C − 1)·P/(1 − P)) with P = 0.9, which is what it takes for the probability P at C classes; 1 for one class. */
function scaleFor(given: Scale, classes: number): number {
  if (given !== 'auto') return given;
  return classes === 1 ? 1 : ((classes - 1) / classes) * Math.log((classes - 1) * 9);
}

function rowLoss(term: TermSpec, logits: readonly Logit[], label: Vector): RowLoss {
  const f = logits.map((logit) => logit.value);
  switch (term.kind) {
    case 'hinge':
      return hingeRow(f, trueClass(label), term.margin, term.squared ?? false, term.form ?? 'sum');
    case 'softmax': {
      const smoothing = term.labelSmoothing;
      return crossEntropyRow(
        f,
        label.map((q) => (1 - smoothing) * q + smoothing / label.length),
      );
    }
    case 'focal':
      return probabilityRow(f, trueClass(label), focalLoss(term.gamma));
    case 'poly':
      return probabilityRow(f, trueClass(label), polyLoss(term.epsilon));
    case 'generalizedCrossEntropy':
      return probabilityRow(f, trueClass(label), generalizedLoss(term.q));
    case 'reverseCrossEntropy':
      return probabilityRow(f, trueClass(label), reverseLoss(term.floor));
    case 'normalizedCrossEntropy':
      return normalizedRow(f, trueClass(label));
    case 'norm':
      return onlyRow(f);
    default:
      return crossEntropyRow(f, label);
  }
}

function trueClass(label: Vector): number {
  return label.indexOf(Math.max(...label));
}
