import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {SOFT, UNLABELLED} from '../../tensors/labels.js';
import {type LossInputs, recordsOf} from './loss.js';
import {columnSum} from './norms.js';
import {type Cell, type CellProgram, once, type Programs} from './programs.js';
import {logitsCell, streamsText} from './streams.js';

/** What the programs of a gradient read beside. */
export interface BackwardInputs extends LossInputs {
  readonly upstream: TensorInfo;
  /** The records of the loss. */
  readonly state: TensorInfo;
}

/** What arrives for an example; exactly 0 where it has no class, and NaN where it has no loss. */
export const slopeText = `
float slopeOf(float classId, float upstream) {
  if (upstream == 0.0 || classId == ${UNLABELLED}.0) { return 0.0; }
  return select(upstream, classId, isnan(classId));
}
`;

/** The gradient with respect to the logits or the products, as far as it goes by way of these. */
export function gradientOfSource(
  programs: Programs,
  plan: Plan,
  source: 'logits' | 'products',
  inputs: BackwardInputs,
  numbers: readonly number[],
): TensorInfo {
  const program = gradientProgram(plan, source, inputs, () => {
    const streams = plan.streams.flatMap(({source: own}, k) => (own === source ? [k] : []));
    const column = source === 'products' ? 'dProduct' : undefined;
    return cellOf(
      plan,
      inputs,
      streams,
      column,
      (k, gradient, {lengths}) => `sum += ${gradient}${lengths && ` * factor${k}(${lengths})`};`,
    );
  });
  return programs.cells(program, {inputs: {...inputs}, numbers});
}

/** The gradient with respect to ‖W_j‖; ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by it. */
export function gradientOfKernelNorms(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs,
  numbers: readonly number[],
): TensorInfo {
  const program = gradientProgram(plan, 'kernelNorms', inputs, () => {
    const streams = plan.streams.flatMap(({overKernelNorm}, k) => (overKernelNorm ? [k] : []));
    return cellOf(
      plan,
      inputs,
      streams,
      'dKernelNorm',
      (_, gradient) => `sum -= divided(${gradient} * f, kernelNorms);`,
    );
  });
  return columnSum(programs, program, {inputs: {...inputs}, numbers});
}

function gradientProgram(
  plan: Plan,
  name: string,
  {logits, labels}: BackwardInputs,
  makeCell: () => Cell,
): CellProgram {
  const shape = logits.shape as [number, number];
  return once(plan, `${name} ${labels !== undefined} ${shape}`, () => ({
    text: `${slopeText}${streamsText(plan)}${plan.streams.map((_, k) => gradientText(plan, k, labels !== undefined)).join('')}`,
    sizes: {CLASSES: shape[1]},
    recordsIn: {state: recordsOf(plan)},
    cell: makeCell(),
    shape,
  }));
}

/** A cell that adds up what streams give, each the statement that `add` makes of the gradient with respect to its logit f, and a column. */
function cellOf(
  plan: Plan,
  {labels}: BackwardInputs,
  streams: readonly number[],
  column: string | undefined,
  add: (k: number, gradient: string, cell: ReturnType<typeof logitsCell>) => string,
): Cell {
  const cells = streams.map((k) => logitsCell(plan.streams[k]!, k));
  const all = (part: 'cells' | 'rows' | 'columns') => [...new Set(cells.flatMap((cell) => cell[part]!))];
  const sums = streams.map((k, index) => {
    const cell = cells[index]!;
    const logit = `logits${k}(${['row', 'j', ...cell.cells!, ...(cell.lengths ? [cell.lengths] : [])].join(', ')})`;
    const gradient = `gradient${k}(stream${k}, j, f${hasLabel(k, labels) ? ', labels' : ''})`;
    return `{ float f = ${logit}; ${add(k, gradient, cell)} }`;
  });
  const hasColumn = column !== undefined && plan.columns.includes(column);
  const records = [
    ...streams.map((k) => `stream${k}`),
    ...(hasColumn || streams.length === 0 ? ['example'] : []),
  ];
  return {
    name: 'gradient',
    cells: [...all('cells'), ...(streams.some((k) => hasLabel(k, labels)) ? ['labels'] : [])],
    rows: [...all('rows'), 'upstream'],
    columns: all('columns'),
    records,
    body: `
  float slope = slopeOf(${records[0]}.classId, upstream);
  if (isnan(slope)) { return slope; }
  if (slope == 0.0) { return 0.0; }
  float sum = 0.0;
  ${sums.join('\n  ')}
  ${hasColumn ? `if (example.classId == float(j)) { sum += example.${column}; }` : ''}
  return slope * sum;`,
  };
}

/** Distributions are for the first stream. */
function hasLabel(k: number, labels: unknown): boolean {
  return labels !== undefined && k === 0;
}

/** `gradient{k}`, with respect to a logit f of a stream. Exponentials are computed anew, which is cheaper than to keep them. */
function gradientText(plan: Plan, k: number, hasLabels: boolean): string {
  const {excesses} = plan.streams[k]!;
  const fields = recordsOf(plan)[`stream${k}`]!;
  const withLabel = hasLabels && k === 0;
  const steps = [
    ...(fields.includes(`factor${k}`)
      ? [`gradient += stream.factor${k} * expOfNegative(f - stream.max${k});`]
      : []),
    ...(fields.includes(`dLead${k}`) ? [`gradient -= stream.dLead${k};`] : []),
    ...excesses.map(
      (margin, h) => `if ((f - stream.own${k}) + n${margin} > 0.0) { gradient += stream.dExcess${k}_${h}; }`,
    ),
    ...(withLabel ? [`if (stream.classId == ${SOFT}.0) { gradient -= massOf(label); }`] : []),
  ];
  return `
float gradient${k}(Stream${k} stream, int j, float f${withLabel ? ', float label' : ''}) {
  if (stream.classId == float(j)) { return ${fields.includes(`true${k}`) ? `stream.true${k}` : '0.0'}; }
  float gradient = 0.0;
  ${steps.join('\n  ')}
  return gradient;
}
`;
}
