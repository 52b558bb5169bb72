import {addN, mul, type Tensor1D, type Tensor2D} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import {computeChecked} from './loss.js';
import type {LossInputs} from './lossInputs.js';
import {geometryOf} from './marginLogits.js';
import {type ScoreTerm, sweptLoss} from './sweptLoss.js';
import type {WeightedTerm} from './terms.js';

/** Σ_t weight_t·loss_t of each example: one sweep for all terms over the same scores, and what users' own terms compute. */
export function weightedLoss(inputs: LossInputs, terms: readonly WeightedTerm[]): Tensor1D {
  const swept = new Map<Tensor2D, ScoreTerm[]>();
  const own: {readonly weight: number; readonly value: Tensor1D}[] = [];
  for (const term of terms) {
    if (term.kind === 'own') {
      own.push({weight: term.weight, value: computeChecked(term.loss, inputs)});
      continue;
    }
    const scores = scoresOf(inputs, term);
    swept.set(scores, [...(swept.get(scores) ?? []), term]);
  }
  const sums = [...swept].map(([scores, ofScores]) => ({
    weight: 1,
    value: sweptLoss(inputs, scores, ofScores),
  }));
  return weightedSum([...sums, ...own]);
}

/** The scores that a term is over: A-Softmax ignores the bias. */
function scoresOf({logits}: LossInputs, term: ScoreTerm): Tensor2D {
  const ignoresBias = term.kind === 'margin' && term.normalized;
  return (ignoresBias && geometryOf(logits)?.product) || logits;
}

function weightedSum(parts: readonly {readonly weight: number; readonly value: Tensor1D}[]): Tensor1D {
  const [first, ...others] = parts;
  if (others.length === 0 && first!.weight === 1) return first!.value;
  return analytic(
    parts.map(({value}) => value),
    () => ({
      value: addN(parts.map(({weight, value}) => mul<Tensor1D>(value, weight))),
      saved: [],
      gradients: (upstream) => parts.map(({weight}) => mul(upstream, weight)),
    }),
  );
}
