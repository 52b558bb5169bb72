import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from '../../../formula/exponential.js';
import type {Plan, Stream} from '../../../formula/plan.js';
import {SOFT} from '../../../tensors/labels.js';
import {addAngularExponentials} from './angularSums.js';
import {forBlocks} from './blocks.js';
import {type FactorsOfRow, factorsOf} from './factors.js';
import {inverse} from './norms.js';
import {type SoftLabels, softLabelsOf} from './softLabels.js';
import {type State, stateIn} from './state.js';

/** The inputs of the kernel `lossGradient`, and where its outputs go. */
export interface LossGradientArrays {
  readonly logits: TypedArray;
  readonly labels: TypedArray;
  readonly products?: TypedArray | undefined;
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
  const {logits, labels, products = logits, upstream, dLogits, dProducts = dLogits, dKernelNorms} = arrays;
  const batch = upstream.length;
  const state = stateIn(arrays.state, plan, batch, classes);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  const alongClasses = new Float64Array(classes);
  const streams = plan.streams.map((stream, k) => {
    const factors = factorsOf(stream, classes, state, numbers);
    const columns = columnsOf(stream, k, state, numbers);
    const [source, gradient] = stream.source === 'logits' ? [logits, dLogits] : [products, dProducts];
    return factors
      ? (first: number, end: number) =>
          addAngularRows(
            source,
            classes,
            state.classIds,
            upstream,
            factors,
            columns,
            gradient,
            alongClasses,
            first,
            end,
          )
      : (first: number, end: number) =>
          fillPlainRows(source, classes, state.classIds, upstream, columns, softLabels, gradient, first, end);
  });
  const isFilled = plan.streams.some(({overKernelNorm, scale}) => !overKernelNorm && scale === undefined);

  if (dProducts !== dLogits) dProducts.fill(0);
  forBlocks(batch, classes, (first, end) => {
    if (!isFilled) dLogits.fill(0, first * classes, end * classes);
    for (const add of streams) add(first, end);
  });
  addOfTrueClass(state.classIds, upstream, state.columns.dProduct, (i, y, slope) => {
    dProducts[i * classes + y]! += slope;
  });
  if (dKernelNorms) {
    // ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by ‖W_j‖.
    for (let j = 0; j < classes; j++) dKernelNorms[j] = -alongClasses[j]! * inverse(state.kernelNorms[j]!);
    addOfTrueClass(state.classIds, upstream, state.columns.dKernelNorm, (_, y, slope) => {
      dKernelNorms[y]! += slope;
    });
  }
}

/** Calls `add` with a column of the state times what arrives, for each example of a class. */
export function addOfTrueClass(
  classIds: TypedArray,
  upstream: TypedArray,
  column: TypedArray | undefined,
  add: (example: number, classId: number, slope: number) => void,
): void {
  if (!column) return;
  for (let i = 0; i < upstream.length; i++) {
    const y = classIds[i]! | 0;
    if (y >= 0 && upstream[i] !== 0) add(i, y, upstream[i]! * column[i]!);
  }
}

/** What is remembered of the rows of one stream. */
interface StreamColumns {
  readonly max: TypedArray | undefined;
  readonly factor: TypedArray | undefined;
  readonly ofTrueClass: TypedArray | undefined;
  readonly lead: TypedArray | undefined;
  readonly excesses: readonly {readonly margin: number; readonly slope: TypedArray}[];
}

function columnsOf(
  {excesses}: Stream,
  k: number,
  {columns}: State,
  numbers: readonly number[],
): StreamColumns {
  return {
    max: columns[`max${k}`],
    factor: columns[`factor${k}`],
    ofTrueClass: columns[`true${k}`],
    lead: columns[`dLead${k}`],
    excesses: excesses.map((name, h) => ({margin: numbers[name]!, slope: columns[`dExcess${k}_${h}`]!})),
  };
}

/** Writes the gradient of the rows of a block with respect to plain logits. */
function fillPlainRows(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  upstream: TypedArray,
  {max, factor, ofTrueClass, lead, excesses}: StreamColumns,
  softLabels: SoftLabels | null,
  result: TypedArray,
  first: number,
  end: number,
): void {
  if (max && factor)
    fillCrossEntropies(logits, classes, classIds, upstream, max, factor, ofTrueClass!, result, first, end);
  else result.fill(0, first * classes, end * classes);
  for (let i = first; i < end; i++) {
    if (softLabels && classIds[i] === SOFT)
      subtractLabels(softLabels, upstream[i]!, result, i * classes, classes);
    if (lead && classIds[i]! >= 0) {
      subtractFromOthers(result, i * classes, classes, classIds[i]! | 0, upstream[i]! * lead[i]!);
    }
  }
  for (const {margin, slope} of excesses) {
    addExcesses(logits, classes, classIds, upstream, margin, slope, result, first, end);
  }
}

function fillCrossEntropies(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  upstream: TypedArray,
  max: TypedArray,
  factor: TypedArray,
  ofTrueClass: TypedArray,
  result: TypedArray,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const from = i * classes;
    const to = from + classes;
    const y = classIds[i]! | 0;
    if (upstream[i] === 0 || (y < 0 && y !== SOFT)) {
      result.fill(0, from, to);
      continue;
    }
    const at = y >= 0 ? from + y : to;
    const slope = upstream[i]! * factor[i]!;
    fillExponentials(logits, from, at, max[i]!, slope, result);
    fillExponentials(logits, at + 1, to, max[i]!, slope, result);
    if (y >= 0) result[at] = upstream[i]! * ofTrueClass[i]!;
  }
}

/** Adds to the gradient wherever a margin is violated, and subtracts as much from the true class; without a branch, as in the loss. */
function addExcesses(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  upstream: TypedArray,
  margin: number,
  slopes: TypedArray,
  result: TypedArray,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0 || upstream[i] === 0) continue;
    const from = i * classes;
    const at = from + y;
    const slope = upstream[i]! * slopes[i]!;
    const threshold = logits[at]! - margin;
    const ofTrueClass = result[at]!;
    let violated = -Number(logits[at]! > threshold);
    for (let j = from; j < from + classes; j++) {
      const isAbove = Number(logits[j]! > threshold);
      result[j]! += isAbove * slope;
      violated += isAbove;
    }
    result[at] = ofTrueClass - violated * slope;
  }
}

/** Adds the gradient of the rows of a block with respect to W_j·x, and Σ_i f_j·∂/∂f_j of each class. */
function addAngularRows(
  source: TypedArray,
  classes: number,
  classIds: TypedArray,
  upstream: TypedArray,
  factorsOfRow: FactorsOfRow,
  {max, factor, ofTrueClass}: StreamColumns,
  result: TypedArray,
  alongClasses: Float64Array,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0 || upstream[i] === 0) continue;
    const from = i * classes;
    const factors = factorsOfRow(i);
    const slope = upstream[i]! * factor![i]!;
    addAngularExponentials(source, from, 0, y, factors, max![i]!, slope, result, alongClasses);
    addAngularExponentials(source, from, y + 1, classes, factors, max![i]!, slope, result, alongClasses);
    const dProduct = upstream[i]! * ofTrueClass![i]! * factors[y]!;
    result[from + y]! += dProduct;
    alongClasses[y]! += dProduct * source[from + y]!;
  }
}

/** Writes factor·e^{f_j − max}. */
function fillExponentials(
  logits: TypedArray,
  from: number,
  to: number,
  max: number,
  factor: number,
  result: TypedArray,
): void {
  for (let j = from; j < to; j++) result[j] = factor * expOfNegative(logits[j]! - max);
}

function subtractFromOthers(
  result: TypedArray,
  from: number,
  classes: number,
  y: number,
  number: number,
): void {
  const ofTrueClass = result[from + y]!;
  for (let j = from; j < from + classes; j++) result[j]! -= number;
  result[from + y] = ofTrueClass;
}

function subtractLabels(
  {rows, share, evenly}: SoftLabels,
  slope: number,
  result: TypedArray,
  from: number,
  classes: number,
): void {
  for (let j = from; j < from + classes; j++) result[j]! -= slope * (share * rows[j]! + evenly / classes);
}
