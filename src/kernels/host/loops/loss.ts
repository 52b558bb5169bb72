import type {TypedArray} from '@tensorflow/tfjs-core';
import {ColumnProgram} from '../../../formula/columns.js';
import type {Plan, Stream} from '../../../formula/plan.js';
import {INVALID, SOFT} from '../../../tensors/labels.js';
import {Angles} from './angle.js';
import {sumAngularExponentials} from './angular.js';
import {type Block, forBlocks} from './blocks.js';
import {findClassIds} from './classIds.js';
import {factorsOf, sourceOf} from './factors.js';
import {columnNorms, rowNorm} from './norms.js';
import {findLargest, sumExcesses, sumExponentials, sumLeads, sumSquaredExcesses} from './plain.js';
import type {Rows} from './rows.js';
import {computeSoftRows, softLabelsOf} from './softLabels.js';
import {State} from './state.js';

/** The inputs of the kernel `loss`, and where its outputs go. */
export interface LossArrays {
  readonly logits: TypedArray;
  readonly labels: TypedArray;
  readonly products?: TypedArray | undefined;
  readonly perClass?: TypedArray | undefined;
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
  const state = new State(arrays.state, plan, batch);
  const softLabels = softLabelsOf(plan, labels, hasRows, numbers);
  findClassIds(labels, hasRows, classes, state.classIds);
  if (features) measureFeatureNorms(features, state.featureNorms);
  if (kernel) columnNorms(kernel, state.kernelNorms);

  const program = programOf(plan, batch);
  gather(program.inputs, arrays, classes, state);
  const streams = plan.streams.map((stream, k) => {
    const source = sourceOf(stream, arrays, classes);
    return sumsOf(stream, k, {source, classes, classIds: state.classIds}, state, numbers, program.inputs);
  });
  forBlocks(batch, classes, (block) => {
    for (const sum of streams) sum(block);
  });
  program.run(numbers);
  program.copy('loss', losses);
  const columns = plan.columns.map((name) => state.column(name)!);
  plan.columns.forEach((name, c) => {
    program.copy(name, columns[c]!);
  });
  if (softLabels) computeSoftRows(softLabels, arrays.logits, classes, state, losses);
  clearRowsWithoutClass(state.classIds, columns, losses);
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
  {logits, products = logits, perClass, features, kernel}: LossArrays,
  classes: number,
  state: State,
): void {
  const {classIds, featureNorms, kernelNorms} = state;
  if (inputs.logit) pick(logits, classes, classIds, inputs.logit);
  if (inputs.product) pick(products, classes, classIds, inputs.product);
  if (inputs.kernelNorm) pick(kernelNorms, 0, classIds, inputs.kernelNorm);
  for (let t = 0; perClass && t * classes < perClass.length; t++) {
    const column = inputs[`perClass${t}`];
    if (column) pick(perClass.subarray(t * classes), 0, classIds, column);
  }
  inputs.featureNorm?.set(featureNorms);
  if (!inputs.sine) return;
  const angles = new Angles({products, features: features!, kernel: kernel!}, state);
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]! | 0;
    inputs.sine[i] = y >= 0 ? angles.sine(i, y) : 0;
  }
}

/** The number of each row's class; `stride` is the distance of rows, 0 if there is but one. */
function pick(from: TypedArray, stride: number, classIds: TypedArray, result: Float64Array): void {
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]! | 0;
    result[i] = from[i * stride + Math.max(y, 0)]!;
  }
}

/** What sums up the rows of a block for one stream. */
function sumsOf(
  stream: Stream,
  k: number,
  rows: Rows,
  state: State,
  numbers: readonly number[],
  inputs: Inputs,
): (block: Block) => void {
  const ofStream = (name: string) => inputs[`${name}${k}`];
  const [max, sum, moment, lead] = ['max', 'sum', 'moment', 'lead'].map(ofStream);
  const factors = factorsOf(stream, rows.classes, state, numbers);
  if (factors && !stream.exponentials) return () => {};
  if (factors) {
    // A moment that nobody asks for costs next to nothing beside the exponentials.
    const moments = moment ?? new Float64Array(rows.classIds.length);
    return (block) => sumAngularExponentials(rows, block, factors, [max!, sum!, moments]);
  }
  return (block) => {
    if (stream.exponentials) sumExponentials(rows, block, max!, sum!);
    if (stream.lead) sumLeads(rows, block, lead!);
    if (stream.largest) findLargest(rows, block, ofStream('largest')!, ofStream('ties')!);
    stream.excesses.forEach(({margin, isSquared}, h) => {
      const sumUp = isSquared ? sumSquaredExcesses : sumExcesses;
      sumUp(rows, block, numbers[margin]!, inputs[`excess${k}_${h}`]!);
    });
  };
}

/** Nothing comes back from an example without a class, and NaN from one whose logits make the loss NaN. */
function clearRowsWithoutClass(
  classIds: TypedArray,
  columns: readonly TypedArray[],
  losses: TypedArray,
): void {
  for (let i = 0; i < losses.length; i++) {
    if (classIds[i]! >= 0 ? !Number.isNaN(losses[i]) : classIds[i] === SOFT) continue;
    const isLabelled = classIds[i]! >= 0;
    for (const column of columns) column[i] = isLabelled ? Number.NaN : 0;
    if (!isLabelled) losses[i] = classIds[i] === INVALID ? Number.NaN : 0;
  }
}
