import type {TypedArray} from '@tensorflow/tfjs-core';
import {INVALID, SOFT} from '../../../tensors/labels.js';
import type {Plan, Stream} from '../../../formula/plan.js';
import {ColumnProgram} from '../../../formula/columns.js';
import {measureSines} from './angle.js';
import {forBlocks} from './blocks.js';
import {findClassIds} from './classIds.js';
import {columnNorms, rowNorm} from './norms.js';
import {type SoftLabels, softCrossEntropy, softLabelsOf} from './softLabels.js';
import {type State, stateIn} from './state.js';
import {excessOf, largestOf, leadOf, sumOfExponentials, sumOfMoments} from './sums.js';
import {type View, viewOf} from './view.js';

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

/** What the program of a plan is given. */
type Inputs = Readonly<Record<string, Float64Array | undefined>>;

/** The weighted losses of every example, and the state for the gradient. */
export function computeLosses(
  arrays: LossArrays,
  classes: number,
  hasRows: boolean,
  plan: Plan,
  numbers: Readonly<Record<string, number>>,
): void {
  const {labels, features, kernel, logits, products = logits, losses} = arrays;
  const batch = losses.length;
  const state = stateIn(arrays.state, plan, batch, classes);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  findClassIds(labels, hasRows, classes, state.classIds);
  if (features) measureFeatureNorms(features, state.featureNorms);
  if (kernel) columnNorms(kernel, state.kernelNorms);

  const program = programOf(plan);
  const inputs = program.inputs(batch);
  gather(inputs, arrays, classes, state);
  const views = plan.streams.map((stream) =>
    viewOf(stream, stream.source === 'logits' ? logits : products, classes, state, numbers),
  );
  forBlocks(batch, classes, (first, end) => {
    plan.streams.forEach((stream, k) => {
      sumRows(stream, k, views[k]!, classes, state, numbers, inputs, first, end);
    });
  });
  const outputs = program.run(numbers);
  keep(outputs.loss!, losses);
  for (const [name, column] of Object.entries(state.columns)) keep(outputs[name]!, column!);
  if (softLabels) computeSoftRows(softLabels, arrays, classes, state);
  clearRowsWithoutClass(state, losses);
}

let lastProgram: {readonly plan: Plan; readonly program: ColumnProgram} | undefined;

/** That of the last plan, with its room for numbers; two kernels never use it at once, for none calls another. */
function programOf(plan: Plan): ColumnProgram {
  if (lastProgram?.plan !== plan) lastProgram = {plan, program: new ColumnProgram(plan.program)};
  return lastProgram.program;
}

function measureFeatureNorms(features: TypedArray, norms: TypedArray): void {
  const depth = features.length / norms.length;
  for (let i = 0; i < norms.length; i++) norms[i] = rowNorm(features, i * depth, depth);
}

/** What the program reads of the true class. */
function gather(
  inputs: Inputs,
  {logits, products, features, kernel}: LossArrays,
  classes: number,
  {classIds, featureNorms, kernelNorms}: State,
): void {
  pick(inputs.logit, classIds, (i, y) => logits[i * classes + y]!);
  pick(inputs.product, classIds, (i, y) => products![i * classes + y]!);
  pick(inputs.featureNorm, classIds, (i) => featureNorms[i]!);
  pick(inputs.kernelNorm, classIds, (_, y) => kernelNorms[y]!);
  if (inputs.sine) measureSines(features!, kernel!, classIds, classes, inputs.sine);
}

function pick(
  result: Float64Array | undefined,
  classIds: TypedArray,
  valueAt: (example: number, classId: number) => number,
): void {
  if (!result) return;
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]! | 0;
    result[i] = y >= 0 ? valueAt(i, y) : 0;
  }
}

/** The sums of a stream over the classes but the true one, for a block of rows; over all where there is none. */
function sumRows(
  {exponentials, moment, lead, excesses}: Stream,
  k: number,
  view: View,
  classes: number,
  {classIds}: State,
  numbers: Readonly<Record<string, number>>,
  inputs: Inputs,
  first: number,
  end: number,
): void {
  const {values} = view;
  const [maxima, sums] = [inputs[`max${k}`], inputs[`sum${k}`]];
  const moments = moment ? inputs[`moment${k}`] : undefined;
  const leads = lead ? inputs[`lead${k}`] : undefined;
  const excessColumns = excesses.map((_, h) => inputs[`excess${k}_${h}`]);
  for (let i = first; i < end; i++) {
    const from = view.show(i);
    const to = from + classes;
    const y = classIds[i]! | 0;
    const at = y >= 0 ? from + y : to;
    if (exponentials) {
      const max = largestOf(values, at + 1, to, largestOf(values, from, at));
      maxima![i] = max;
      sums![i] = sumOfExponentials(values, from, at, max) + sumOfExponentials(values, at + 1, to, max);
      if (moments) {
        moments[i] = sumOfMoments(values, from, at, max) + sumOfMoments(values, at + 1, to, max);
      }
    }
    if (y < 0) continue;
    if (leads) leads[i] = leadOf(values, from, classes, values[at]!);
    for (let h = 0; h < excesses.length; h++) {
      excessColumns[h]![i] = excessOf(values, from, classes, at, numbers[excesses[h]!]!);
    }
  }
}

function keep(from: Float64Array | number, to: TypedArray): void {
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
