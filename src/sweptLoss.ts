import {reshape, scalar, type Tensor, type Tensor1D, type Tensor2D} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import type {SweepTerm, Target} from './kernels/contract.js';
import {kernels} from './kernels/kernels.js';
import {labelFormOf} from './labels.js';
import type {LossInputs} from './lossInputs.js';
import {type Geometry, geometryOf} from './marginLogits.js';
import type {WeightedTerm} from './terms.js';
import {vectorNorm} from './vectorNorm.js';

/** A term that is computed from a matrix of scores. */
export type ScoreTerm = Exclude<WeightedTerm, {kind: 'own'}>;

/** The weighted sum of terms over the same scores, [batch], in one op: one sweep over these forward and one back. */
export function sweptLoss(inputs: LossInputs, scores: Tensor2D, terms: readonly ScoreTerm[]): Tensor1D {
  const marginTerms = terms.filter((term) => term.kind === 'margin');
  const geometry = marginTerms.length > 0 ? geometryOf(inputs.logits)! : null;
  const norms = geometry && normsOf(inputs, geometry);
  const labels = labelsFor(inputs, terms);
  const attributes = {terms: terms.map((term) => sweepTerm(term, geometry))};
  const sources = norms
    ? [norms.featureNorms, norms.kernelNorms, ...(geometry.bias ? [geometry.bias] : [])]
    : [];

  return analytic([scores, ...sources, inputs.labelAnchor], () => {
    const targets =
      norms &&
      kernels.targets(
        {scores, products: geometry.product ?? inputs.logits, classIds: labels.classIds, ...norms},
        {margins: marginTerms.map((term) => ({...term, ...targetOf(term, geometry)}))},
      )[0];
    const [losses, state] = kernels.sweep({scores, ...labels, targets, ...(norms ?? NO_NORMS)}, attributes);
    const kernelNorms = norms?.kernelNorms ?? null;
    const [saved, restore] = packed({scores, ...labels, kernelNorms, state});
    return {
      value: losses as Tensor1D,
      saved,
      gradients: (upstream, tensors) => [
        ...kernels.sweepGradient({...restore(tensors), upstream}, attributes).slice(0, 1 + sources.length),
        scalar(0),
      ],
    };
  });
}

const NO_NORMS = {featureNorms: null, kernelNorms: null};

/** ‖x‖ and ‖W_j‖, each computed once a forward pass. */
function normsOf(inputs: LossInputs, {features, kernel}: Geometry): Record<keyof typeof NO_NORMS, Tensor1D> {
  return {
    featureNorms: inputs.share('‖x‖', () => vectorNorm(features, 1)),
    kernelNorms: inputs.share('‖W‖', () => vectorNorm(kernel, 0)),
  };
}

/** The labels in the forms that the terms look at. */
function labelsFor(inputs: LossInputs, terms: readonly ScoreTerm[]): {classIds: Tensor; rows: Tensor | null} {
  const {labels, classes} = inputs;
  if (labelFormOf(labels, classes) === 'ids') {
    return {classIds: labels.rank === 1 ? labels : reshape(labels, [-1]), rows: null};
  }
  return {
    classIds: inputs.share('class ids or −1', () => kernels.classIds({labels})[0]),
    rows: terms.every(({kind}) => kind === 'softmax') ? labels : null,
  };
}

function sweepTerm(term: ScoreTerm, geometry: Geometry | null): SweepTerm {
  if (term.kind !== 'margin') return term;
  return {kind: 'target', weight: term.weight, ...targetOf(term, geometry!)};
}

function targetOf({normalized}: {readonly normalized: boolean}, geometry: Geometry): Target {
  return {scaled: normalized && !geometry.normalized, withKernelNorm: !normalized};
}

/** Tensors as a list without those that are null, and what makes it an object again. */
function packed<T extends Readonly<Record<string, Tensor | null>>>(
  tensors: T,
): [list: Tensor[], restore: (list: readonly Tensor[]) => T] {
  const names = Object.keys(tensors).filter((name) => tensors[name] !== null);
  return [
    names.map((name) => tensors[name]!),
    (list) => ({...tensors, ...Object.fromEntries(names.map((name, i) => [name, list[i]!]))}),
  ];
}
