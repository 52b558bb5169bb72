import {addN, mul, type Tensor, type Tensor1D, tensor2d} from '@tensorflow/tfjs-core';
import {type PerClass, type Planned, planOf, type Source} from '../formula/plan.js';
import type {Geometry} from '../head/geometry.js';
import type {LossSources} from '../kernels/contract.js';
import {kernels} from '../kernels/kernels.js';
import {analytic} from '../tensors/analytic.js';
import {withZeroGradient} from '../tensors/zeroGradient.js';
import type {LossInputs} from './inputs.js';
import {computeChecked, type OwnPart, type Part, type TermPart} from './parts.js';
import {warnIfLengthsStay} from './warning.js';

/** Σ weight·loss of each example, [batch]: what kernels compute in one op, and what losses of users' own do. */
export function weightedLoss(inputs: LossInputs, parts: readonly Part[]): Tensor1D {
  const {terms, own} = sortedParts(parts);
  if (own.length === 0) return lossOfTerms(inputs, terms);
  const areHard = terms.some(({term}) => term.softLabels === undefined);
  const summands = own.map(({weight, loss}) => ({
    weight,
    value: inputs.withoutUnlabelled(computeChecked(loss, inputs), areHard),
  }));
  if (terms.length === 0) return withZeroGradient(weightedSum(summands), inputs.labels);
  return weightedSum([{weight: 1, value: lossOfTerms(inputs, terms)}, ...summands]);
}

interface SortedParts {
  readonly terms: readonly TermPart[];
  readonly own: readonly OwnPart[];
}

const sorted = new WeakMap<readonly Part[], SortedParts>();

function sortedParts(parts: readonly Part[]): SortedParts {
  const known = sorted.get(parts) ?? {
    terms: parts.flatMap((part) => ('term' in part ? [part] : [])),
    own: parts.flatMap((part) => ('loss' in part ? [part] : [])),
  };
  sorted.set(parts, known);
  return known;
}

/** The weighted sum of terms, in one op. */
function lossOfTerms(inputs: LossInputs, terms: readonly TermPart[]): Tensor1D {
  const {allLogits: logits, labels, geometry} = inputs;
  const {plan, numbersAt, perClass, angular} = plannedFor(terms, geometry);
  if (angular !== undefined && !geometry) {
    throw new TypeError(
      `${angular}: it needs the angles between features and weights, and these logits do not tell where they came ` +
        "from; make marginDense({units: …}) the model's last layer, with nothing behind or around it, " +
        'or compute the logits with marginLogits(features, kernel)',
    );
  }
  if (angular !== undefined && geometry) warnIfLengthsStay(angular, geometry);
  const {products, features, kernel} = plan.needs;
  const sources: LossSources<Tensor> = {
    logits,
    labels,
    ...(products && {products: geometry!.product!}),
    ...(perClass.length > 0 && {perClass: perClassTensor(perClass, logits)}),
    ...(features && {features: geometry!.features}),
    ...(kernel && {kernel: geometry!.kernel}),
  };
  const [losses] = kernels().loss(sources, {plan, numbers: numbersAt(inputs)});
  return losses as Tensor1D;
}

function perClassTensor(rows: readonly PerClass[], {shape}: Tensor): Tensor {
  const classes = shape.at(-1)!;
  for (const {owner, values} of rows) {
    if (values.length === classes) continue;
    throw new RangeError(
      `${owner}: it has numbers for ${values.length} classes, and the logits [${shape}] have ${classes}; ` +
        'give one for every class',
    );
  }
  return tensor2d(rows.map(({values}) => [...values]));
}

/** A plan, and the name of the first loss in it that needs a geometry, if one does. */
type PlannedTerms = Planned & {readonly angular: string | undefined};

const plans = new WeakMap<readonly TermPart[], Map<string, PlannedTerms>>();

/** The plan of terms, which is made once for every kind of head that they meet. */
function plannedFor(terms: readonly TermPart[], geometry: Geometry | undefined): PlannedTerms {
  const source = {hasBias: Boolean(geometry?.bias), isNormalized: geometry?.normalized ?? false};
  const key = `${source.hasBias} ${source.isNormalized}`;
  const ofTerms = plans.get(terms) ?? new Map<string, PlannedTerms>();
  plans.set(terms, ofTerms);
  const planned = ofTerms.get(key) ?? newPlan(terms, source);
  ofTerms.set(key, planned);
  return planned;
}

function newPlan(terms: readonly TermPart[], source: Source): PlannedTerms {
  const angular = terms.find(({term: {logits, margin}}) => logits.kind !== 'plain' || margin);
  return {...planOf(terms, source), angular: angular?.owner};
}

function weightedSum(summands: readonly {readonly weight: number; readonly value: Tensor1D}[]): Tensor1D {
  const [first, ...others] = summands;
  if (others.length === 0 && first!.weight === 1) return first!.value;
  return analytic(
    summands.map(({value}) => value),
    () => ({
      value: addN(summands.map(({weight, value}) => mul<Tensor1D>(value, weight))),
      saved: [],
      gradients: (upstream) => summands.map(({weight}) => mul(upstream, weight)),
    }),
  );
}
