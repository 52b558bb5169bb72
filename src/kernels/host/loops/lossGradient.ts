import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Plan, Stream} from '../../../formula/plan.js';
import {addAngularCrossEntropies} from './angular.js';
import {type Block, forBlocks} from './blocks.js';
import {factorsOf, hasFactors, sourceOf} from './factors.js';
import {inverse} from './norms.js';
import {
  addExcesses,
  addSquaredExcesses,
  addToLargest,
  fillCrossEntropies,
  fillTrueClass,
  subtractLeads,
} from './plain.js';
import {forSlopes, type GradientRows} from './rows.js';
import {type SoftLabels, softLabelsOf, subtractSoftLabels} from './softLabels.js';
import {State} from './state.js';

/** The inputs of the kernel `lossGradient`, and where its outputs go. */
export interface LossGradientArrays {
  readonly logits: TypedArray;
  readonly labels: TypedArray;
  readonly products?: TypedArray | undefined;
  readonly perClass?: TypedArray | undefined;
  readonly upstream: TypedArray;
  readonly state: TypedArray;
  readonly dLogits: TypedArray;
  readonly dProducts?: TypedArray | undefined;
  readonly dKernelNorms?: TypedArray | undefined;
}

/** The gradients of all terms at once. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function computeGradients(
  arrays: LossGradientArrays,
  classes: number,
  hasRows: boolean,
  plan: Plan,
  numbers: readonly number[],
): void {
  const {labels, upstream, dLogits, dProducts = dLogits, dKernelNorms} = arrays;
  const batch = upstream.length;
  const state = new State(arrays.state, plan, batch);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  // Σ_i f_j·∂/∂f_j of each class, over the streams that are divided by ‖W_j‖; the others are of no use.
  const [alongClasses, ofNoUse] = [new Float64Array(classes), new Float64Array(classes)];
  const streams = plan.streams.map((stream, k) => {
    const source = sourceOf(stream, arrays, classes);
    const result = stream.source === 'logits' ? dLogits : dProducts;
    const rows = {source, classes, classIds: state.classIds, upstream, result};
    const factors = factorsOf(stream, classes, state, numbers);
    const columns = [`max${k}`, `factor${k}`, `true${k}`].map((name) => state.column(name));
    const along = stream.overKernelNorm ? alongClasses : ofNoUse;
    if (factors) return (block: Block) => addAngularCrossEntropies(rows, block, factors, columns, along);
    return (block: Block) => fillPlainRows(stream, k, rows, block, state, numbers, columns, softLabels);
  });
  const isFilled = plan.streams.some((stream) => stream.source === 'logits' && !hasFactors(stream));

  if (dProducts !== dLogits) dProducts.fill(0);
  forBlocks(batch, classes, (block) => {
    if (!isFilled) dLogits.fill(0, block.first * classes, block.end * classes);
    for (const add of streams) add(block);
  });
  forSlopes({classIds: state.classIds, upstream}, state.column('dProduct'), (i, y, slope) => {
    dProducts[i * classes + y]! += slope;
  });
  if (dKernelNorms) {
    // ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by ‖W_j‖.
    const isDivided = plan.streams.some(({overKernelNorm}) => overKernelNorm);
    for (let j = 0; j < classes; j++) {
      dKernelNorms[j] = isDivided ? -alongClasses[j]! * inverse(state.kernelNorms[j]!) : 0;
    }
    forSlopes({classIds: state.classIds, upstream}, state.column('dKernelNorm'), (_, y, slope) => {
      dKernelNorms[y]! += slope;
    });
  }
}

/** Writes the gradient of the rows of a block with respect to plain logits. */
function fillPlainRows(
  {excesses}: Stream,
  k: number,
  rows: GradientRows,
  block: Block,
  state: State,
  numbers: readonly number[],
  crossEntropy: readonly (TypedArray | undefined)[],
  softLabels: SoftLabels | null,
): void {
  if (crossEntropy[1]) fillCrossEntropies(rows, block, crossEntropy);
  else fillTrueClass(rows, block, crossEntropy[2]);
  if (softLabels) subtractSoftLabels(softLabels, rows, block);
  const lead = state.column(`dLead${k}`);
  if (lead) subtractLeads(rows, block, lead);
  const dLargest = state.column(`dLargest${k}`);
  if (dLargest) addToLargest(rows, block, state.column(`largest${k}`)!, dLargest);
  excesses.forEach(({margin, isSquared}, h) => {
    const add = isSquared ? addSquaredExcesses : addExcesses;
    add(rows, block, numbers[margin]!, state.column(`dExcess${k}_${h}`)!);
  });
}
