import type {TypedArray} from '@tensorflow/tfjs-core';
import {SOFT} from '../../../tensors/labels.js';
import type {Plan, Stream} from '../../../formula/plan.js';
import {forBlocks} from './blocks.js';
import {expOfNegative} from '../../../formula/exponential.js';
import {inverse} from './norms.js';
import {type SoftLabels, softLabelsOf} from './softLabels.js';
import {type State, stateIn} from './state.js';
import {type View, viewOf} from './view.js';

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

/** Numbers of a tensor, or of room for those of a row. */
type Numbers = TypedArray | Float64Array;

/** The gradients of all terms at once. Exponentials are computed anew, which is cheaper than to keep a matrix of them. */
export function computeGradients(
  arrays: LossGradientArrays,
  classes: number,
  hasRows: boolean,
  plan: Plan,
  numbers: Readonly<Record<string, number>>,
): void {
  const {logits, labels, products = logits, upstream, dLogits, dProducts = dLogits, dKernelNorms} = arrays;
  const batch = upstream.length;
  const state = stateIn(arrays.state, plan, batch, classes);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  const alongClasses = new Float64Array(classes);
  const streams = plan.streams.map((stream, k) => {
    const [source, gradient] = stream.source === 'logits' ? [logits, dLogits] : [products, dProducts];
    const view = viewOf(stream, source, classes, state, numbers);
    return new StreamGradient(stream, k, view, gradient, upstream, state, numbers, softLabels);
  });

  if (dProducts !== dLogits) dProducts.fill(0);
  forBlocks(batch, classes, (first, end) => {
    if (!streams.some(({fills}) => fills)) dLogits.fill(0, first * classes, end * classes);
    for (const stream of streams) stream.add(first, end, classes, alongClasses);
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

/** The gradient of what is summed up over the logits of one stream. */
class StreamGradient {
  /** Whether every number of the gradient is written, not added to what is there. */
  readonly fills: boolean;
  readonly #view: View;
  readonly #gradient: TypedArray;
  readonly #upstream: TypedArray;
  readonly #classIds: TypedArray;
  readonly #softLabels: SoftLabels | null;
  readonly #max: TypedArray | undefined;
  readonly #factor: TypedArray | undefined;
  readonly #ofTrueClass: TypedArray | undefined;
  readonly #lead: TypedArray | undefined;
  readonly #excesses: readonly {readonly margin: number; readonly slope: TypedArray}[];
  /** With respect to the logits of one row, if these are another matrix than the source. */
  readonly #row: Float64Array;

  constructor(
    {excesses}: Stream,
    k: number,
    view: View,
    gradient: TypedArray,
    upstream: TypedArray,
    {classIds, columns}: State,
    numbers: Readonly<Record<string, number>>,
    softLabels: SoftLabels | null,
  ) {
    this.fills = view.factors === null;
    this.#view = view;
    this.#gradient = gradient;
    this.#upstream = upstream;
    this.#classIds = classIds;
    this.#softLabels = softLabels;
    this.#max = columns[`max${k}`];
    this.#factor = columns[`factor${k}`];
    this.#ofTrueClass = columns[`true${k}`];
    this.#lead = columns[`dLead${k}`];
    this.#excesses = excesses.map((name, h) => ({
      margin: numbers[name]!,
      slope: columns[`dExcess${k}_${h}`]!,
    }));
    this.#row = new Float64Array(this.fills ? 0 : view.values.length);
  }

  /** Adds the gradient of a block of rows, and Σ_i f_j·∂/∂f_j for each class. */
  add(first: number, end: number, classes: number, alongClasses: Float64Array): void {
    const {values, factors} = this.#view;
    for (let i = first; i < end; i++) {
      const start = i * classes;
      const y = this.#classIds[i]! | 0;
      if (this.#upstream[i] === 0 || (y < 0 && y !== SOFT)) {
        if (!factors) this.#gradient.fill(0, start, start + classes);
        continue;
      }
      const from = this.#view.show(i);
      if (!factors) {
        this.#fillRow(i, y, values, from, classes, this.#gradient, start);
        continue;
      }
      this.#fillRow(i, y, values, from, classes, this.#row, 0);
      for (let j = 0; j < classes; j++) {
        const slope = this.#row[j]!;
        this.#gradient[start + j]! += slope * factors[j]!;
        alongClasses[j]! += slope * values[j]!;
      }
    }
  }

  /** With respect to the logits of a row, from `from` on. */
  #fillRow(
    i: number,
    y: number,
    logits: TypedArray,
    from: number,
    classes: number,
    result: Numbers,
    start: number,
  ): void {
    const upstream = this.#upstream[i]!;
    const end = start + classes;
    const at = y === SOFT ? end : start + y;
    if (this.#factor) {
      const [factor, max] = [upstream * this.#factor[i]!, this.#max![i]!];
      fillExponentials(logits, from - start, start, at, max, factor, result);
      fillExponentials(logits, from - start, at + 1, end, max, factor, result);
    } else {
      result.fill(0, start, end);
    }
    if (y === SOFT) {
      this.#subtractLabels(i, classes, upstream, result, start);
      return;
    }
    result[at] = this.#ofTrueClass ? upstream * this.#ofTrueClass[i]! : 0;
    if (this.#lead) {
      const [ofTrueClass, lead] = [result[at]!, upstream * this.#lead[i]!];
      for (let j = start; j < end; j++) result[j]! -= lead;
      result[at] = ofTrueClass;
    }
    for (const {margin, slope} of this.#excesses) {
      addExcess(logits, from, from + y, margin, upstream * slope[i]!, result, start, classes);
    }
  }

  #subtractLabels(i: number, classes: number, upstream: number, result: Numbers, start: number): void {
    const {rows, share, evenly} = this.#softLabels!;
    for (let j = 0; j < classes; j++) {
      result[start + j]! -= upstream * (share * rows[i * classes + j]! + evenly / classes);
    }
  }
}

/** Writes factor·e^{f_j − max} to some places, whose logits lie `shift` further on. */
function fillExponentials(
  logits: TypedArray,
  shift: number,
  start: number,
  end: number,
  max: number,
  factor: number,
  result: Numbers,
): void {
  for (let j = start; j < end; j++) result[j] = factor * expOfNegative(logits[j + shift]! - max);
}

/** Adds `slope` wherever a margin is violated, and subtracts as many from the true class; without a branch, as in the loss. */
function addExcess(
  logits: TypedArray,
  from: number,
  at: number,
  margin: number,
  slope: number,
  result: Numbers,
  start: number,
  classes: number,
): void {
  const threshold = logits[at]! - margin;
  const place = start + at - from;
  const ofTrueClass = result[place]!;
  let violated = -Number(logits[at]! > threshold);
  for (let j = 0; j < classes; j++) {
    const isAbove = Number(logits[from + j]! > threshold);
    result[start + j]! += isAbove * slope;
    violated += isAbove;
  }
  result[place] = ofTrueClass - violated * slope;
}
