import type {Tensor, Tensor1D} from '@tensorflow/tfjs-core';
import type {KernelTerm, LossKernelInputs} from './kernels/contract.js';
import {kernels} from './kernels/kernels.js';
import type {LossInputs} from './lossInputs.js';
import {type Geometry, geometryOf} from './marginLogits.js';
import type {WeightedTerm} from './terms.js';
import {withZeroGradient} from './zeroGradient.js';

/** A term that kernels compute. */
export type KernelLossTerm = Exclude<WeightedTerm, {kind: 'own'}>;

/** The weighted sum of terms, [batch], in one op. */
export function kernelLoss(inputs: LossInputs, terms: readonly KernelLossTerm[]): Tensor1D {
  const geometry = terms.some(({kind}) => kind === 'margin') ? geometryOf(inputs.logits) : undefined;
  const sources = sourcesOf(inputs, geometry, terms);
  // Over columns of norm 1 the scores are ‖x‖ cos θ_j as they are.
  const areScoresAngular = geometry?.normalized === true && !sources.products;
  const [losses] = kernels().loss(sources, {terms: terms.map((term) => kernelTerm(term, areScoresAngular))});
  const unusedBias = sources.bias ? null : geometry?.bias;
  return unusedBias ? withZeroGradient(losses as Tensor1D, unusedBias) : (losses as Tensor1D);
}

/** What these terms are computed from: A-Softmax leaves the bias out. */
function sourcesOf(
  {logits, labels}: LossInputs,
  geometry: Geometry | undefined,
  terms: readonly KernelLossTerm[],
): LossKernelInputs<Tensor> {
  if (!geometry) return {scores: logits, labels};
  const {features, kernel, bias, product} = geometry;
  if (!bias || !product) return {scores: logits, labels, features, kernel};
  const withoutBias = terms.filter((term) => term.kind === 'margin' && term.normalized);
  if (withoutBias.length === terms.length) return {scores: product, labels, features, kernel};
  const sources = {scores: logits, labels, features, kernel, bias};
  return withoutBias.length > 0 ? {...sources, products: product} : sources;
}

function kernelTerm(term: KernelLossTerm, areScoresAngular: boolean): KernelTerm {
  if (term.kind !== 'margin') return term;
  const {weight, m, share, normalized} = term;
  const scaled = normalized && !areScoresAngular;
  return {kind: 'margin', weight, m, share, scaled, withKernelNorm: !normalized};
}
