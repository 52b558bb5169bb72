import type {TypedArray} from '@tensorflow/tfjs-core';
import {type Column, ColumnProgram} from '../../../formula/columns.js';
import type {Plan, Stream} from '../../../formula/plan.js';
import {INVALID, SOFT} from '../../../tensors/labels.js';
import {LOWEST} from '../../limits.js';
import {measureSines} from './angle.js';
import {largestAngular, sumOfAngularExponentials, sumOfAngularMoments} from './angularSums.js';
import {forBlocks} from './blocks.js';
import {findClassIds} from './classIds.js';
import {type FactorsOfRow, factorsOf} from './factors.js';
import {columnNorms, rowNorm} from './norms.js';
import {type SoftLabels, softCrossEntropy, softLabelsOf} from './softLabels.js';
import {type State, stateIn} from './state.js';
import {excessOf, largestOf, leadOf, sumOfExponentials} from './sums.js';

/** The inputs of the kernel `loss`, and where its outputs go. */
export interface LossArrays {
  readonly logits: TypedArray;
  readonly labels: TypedArray;
  readonly products?: TypedArray | undefined;
  readonly features?: TypedArray | undefined;
  readonly kernel?: TypedArray | undefined;
  readonly losses: TypedArray;
  readonly state: TypedArray;
}

/** The weighted losses of every example, and the state for the gradient. */
export function computeLosses(
  arrays: LossArrays,
  classes: number,
  hasRows: boolean,
  plan: Plan,
  numbers: readonly number[],
): void {
  const {labels, features, kernel, losses} = arrays;
  const batch = losses.length;
  const state = stateIn(arrays.state, plan, batch, classes);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  findClassIds(labels, hasRows, classes, state.classIds);
  if (features) measureFeatureNorms(features, state.featureNorms);
  if (kernel) columnNorms(kernel, state.kernelNorms);

  const program = programOf(plan, batch);
  gather(program.inputs, arrays, classes, state);
  const streams = plan.streams.map((stream, k) =>
    rowSums(stream, k, arrays, classes, state, numbers, program.inputs),
  );
  forBlocks(batch, classes, (first, end) => {
    for (const sumRows of streams) sumRows(first, end);
  });
  const output = program.run(numbers);
  keep(output('loss'), losses);
  for (const name of plan.columns) keep(output(name), state.columns[name]!);
  if (softLabels) computeSoftRows(softLabels, arrays, classes, state);
  clearRowsWithoutClass(state, losses);
}

/** What the program of a plan is given. */
type Inputs = Readonly<Record<string, Float64Array | undefined>>;

let last: {readonly plan: Plan; readonly batch: number; readonly program: ColumnProgram} | undefined;

/** That of the last plan, with its room for numbers; two kernels never use it at once, for none calls another. */
function programOf(plan: Plan, batch: number): ColumnProgram {
  if (last?.plan !== plan || last.batch !== batch) {
    last = {plan, batch, program: new ColumnProgram(plan.program, batch)};
  }
  return last.program;
}

function measureFeatureNorms(features: TypedArray, norms: TypedArray): void {
  const depth = features.length / norms.length;
  for (let i = 0; i < norms.length; i++) norms[i] = rowNorm(features, i * depth, depth);
}

/** What the program reads of the true class; of some other class where there is none. */
function gather(
  inputs: Inputs,
  {logits, products, features, kernel}: LossArrays,
  classes: number,
  {classIds, featureNorms, kernelNorms}: State,
): void {
  if (inputs.logit) pick(logits, classes, classIds, inputs.logit);
  if (inputs.product) pick(products!, classes, classIds, inputs.product);
  if (inputs.kernelNorm) pick(kernelNorms, 0, classIds, inputs.kernelNorm);
  inputs.featureNorm?.set(featureNorms);
  if (inputs.sine) measureSines(features!, kernel!, classIds, classes, inputs.sine);
}

/** The number of each row's class; `stride` is the distance of rows, 0 if there is but one. */
function pick(from: TypedArray, stride: number, classIds: TypedArray, result: Float64Array): void {
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]! | 0;
    result[i] = from[i * stride + Math.max(y, 0)]!;
  }
}

/** What sums up the rows of a block: over the classes but the true one, or over all where there is none. */
function rowSums(
  stream: Stream,
  k: number,
  {logits, products = logits}: LossArrays,
  classes: number,
  state: State,
  numbers: readonly number[],
  inputs: Inputs,
): (first: number, end: number) => void {
  const {classIds} = state;
  const max = inputs[`max${k}`];
  const [sum, moment, lead] = [inputs[`sum${k}`], inputs[`moment${k}`], inputs[`lead${k}`]];
  const factors = factorsOf(stream, classes, state, numbers);
  const source = stream.source === 'logits' ? logits : products;
  if (factors) {
    return (first, end) => sumAngularRows(source, classes, classIds, factors, max!, sum!, moment, first, end);
  }
  return (first, end) => {
    if (stream.exponentials) sumPlainRows(source, classes, classIds, max!, sum!, first, end);
    if (stream.lead) leadRows(source, classes, classIds, lead!, first, end);
    stream.excesses.forEach((place, h) => {
      excessRows(source, classes, classIds, numbers[place]!, inputs[`excess${k}_${h}`]!, first, end);
    });
  };
}

function leadRows(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  result: Float64Array,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    if (y >= 0) result[i] = leadOf(logits, from, classes, logits[from + y]!);
  }
}

function excessRows(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  margin: number,
  result: Float64Array,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const [from, y] = [i * classes, classIds[i]! | 0];
    if (y >= 0) result[i] = excessOf(logits, from, classes, from + y, margin);
  }
}

function sumPlainRows(
  logits: TypedArray,
  classes: number,
  classIds: TypedArray,
  maxima: Float64Array,
  sums: Float64Array,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    const from = i * classes;
    const to = from + classes;
    const at = y >= 0 ? from + y : to;
    const max = largestOf(logits, at + 1, to, largestOf(logits, from, at));
    maxima[i] = max;
    sums[i] = sumOfExponentials(logits, from, at, max) + sumOfExponentials(logits, at + 1, to, max);
  }
}

function sumAngularRows(
  source: TypedArray,
  classes: number,
  classIds: TypedArray,
  factorsOfRow: FactorsOfRow,
  maxima: Float64Array,
  sums: Float64Array,
  moments: Float64Array | undefined,
  first: number,
  end: number,
): void {
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y < 0) continue;
    const from = i * classes;
    const factors = factorsOfRow(i);
    const before = largestAngular(source, from, 0, y, factors, LOWEST);
    const max = largestAngular(source, from, y + 1, classes, factors, before);
    maxima[i] = max;
    sums[i] =
      sumOfAngularExponentials(source, from, 0, y, factors, max) +
      sumOfAngularExponentials(source, from, y + 1, classes, factors, max);
    if (!moments) continue;
    moments[i] =
      sumOfAngularMoments(source, from, 0, y, factors, max) +
      sumOfAngularMoments(source, from, y + 1, classes, factors, max);
  }
}

function keep(from: Column, to: TypedArray): void {
  if (typeof from === 'number') to.fill(from);
  else to.set(from);
}

/** Rows of labels that are no one-hot: a cross-entropy against each, with the sums that are there already. */
function computeSoftRows(
  softLabels: SoftLabels,
  {logits, losses}: LossArrays,
  classes: number,
  {classIds, columns: {max0, factor0}}: State,
): void {
  for (let i = 0; i < losses.length; i++) {
    if (classIds[i] !== INVALID) continue;
    const from = i * classes;
    const max = largestOf(logits, from, from + classes);
    const sum = sumOfExponentials(logits, from, from + classes, max);
    const {loss, mass} = softCrossEntropy(softLabels, logits, from, classes, max, sum);
    if (Number.isNaN(mass)) continue;
    classIds[i] = SOFT;
    losses[i] = loss;
    max0![i] = max;
    factor0![i] = Number.isNaN(loss) ? Number.NaN : mass / sum;
  }
}

/** Nothing comes back from an example without a class, and NaN from one whose logits make the loss NaN. */
function clearRowsWithoutClass({classIds, columns}: State, losses: TypedArray): void {
  const all = Object.values(columns) as TypedArray[];
  for (let i = 0; i < losses.length; i++) {
    if (classIds[i]! >= 0 ? !Number.isNaN(losses[i]) : classIds[i] === SOFT) continue;
    const isLabelled = classIds[i]! >= 0;
    for (const column of all) column[i] = isLabelled ? Number.NaN : 0;
    if (!isLabelled) losses[i] = classIds[i] === INVALID ? Number.NaN : 0;
  }
}
