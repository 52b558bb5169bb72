import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan, Stream} from '../../formula/plan.js';
import {SOFT, UNLABELLED} from '../../tensors/labels.js';
import type {LossAttributes} from '../contract.js';
import {type LossInputs, recordsOf, sizesOf} from './loss.js';
import {columnSum} from './norms.js';
import {type Cell, type CellProgram, type Given, once, type Programs} from './programs.js';
import {logitsCell, numbersOf, streamsText} from './streams.js';

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

/** Statements that a gradient begins with: they declare `slope`, which a record knows. */
export function slopeBody(record: string): string {
  return `float slope = slopeOf(${record}.classId, upstream);
  if (isnan(slope)) { return slope; }
  if (slope == 0.0) { return 0.0; }`;
}

/** The gradient with respect to the logits or the products, as far as it goes by way of these. */
export function gradientOfSource(
  programs: Programs,
  {plan, numbers}: LossAttributes,
  source: 'logits' | 'products',
  inputs: BackwardInputs,
): TensorInfo {
  const program = gradientProgram(plan, source, inputs, () => {
    const column = source === 'products' ? 'dProduct' : undefined;
    const isMeant = (stream: Stream) => stream.source === source;
    return cellOf(
      plan,
      inputs,
      isMeant,
      column,
      (gradient, k, lengths) => `sum += ${gradient}${lengths && ` * factor${k}(${lengths})`};`,
    );
  });
  return programs.cells(program, inputs.logits.shape, givenTo(plan, numbers, inputs));
}

/** The gradient with respect to ‖W_j‖; ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by it. */
export function gradientOfKernelNorms(
  programs: Programs,
  {plan, numbers}: LossAttributes,
  inputs: BackwardInputs,
): TensorInfo {
  const program = gradientProgram(plan, 'kernelNorms', inputs, () => {
    const isMeant = ({overKernelNorm}: Stream) => overKernelNorm;
    return cellOf(
      plan,
      inputs,
      isMeant,
      'dKernelNorm',
      (gradient) => `sum -= divided(${gradient} * f, kernelNorms);`,
    );
  });
  return columnSum(programs, program, inputs.logits.shape, givenTo(plan, numbers, inputs));
}

function givenTo(plan: Plan, numbers: readonly number[], inputs: BackwardInputs): Given {
  const sizes = sizesOf(inputs);
  return {inputs: {...inputs}, numbers: numbersOf(plan, numbers, sizes.CLASSES), sizes};
}

function gradientProgram(
  plan: Plan,
  name: string,
  {labels}: BackwardInputs,
  makeCell: () => Cell,
): CellProgram {
  const hasLabels = labels !== undefined;
  return once(plan, `${name} ${hasLabels}`, () => ({
    text: [
      slopeText,
      streamsText(plan),
      ...plan.streams.map((_, k) => gradientText(plan, k, hasLabels)),
    ].join(''),
    recordsIn: {state: recordsOf(plan)},
    cell: makeCell(),
  }));
}

/** A cell that adds up a column, and what `add` makes of the gradients with respect to the logits f of some streams. */
function cellOf(
  plan: Plan,
  {labels}: BackwardInputs,
  isMeant: (stream: Stream) => boolean,
  column: string | undefined,
  add: (gradient: string, k: number, lengths: string) => string,
): Cell {
  const streams = plan.streams.flatMap((stream, k) =>
    isMeant(stream) ? [{k, ...logitsCell(stream, k)}] : [],
  );
  const all = (part: 'cells' | 'rows' | 'columns') => [...new Set(streams.flatMap((cell) => cell[part]))];
  // Distributions are for the first stream.
  const hasLabels = labels !== undefined && streams[0]?.k === 0;
  const hasColumn = column !== undefined && plan.columns.includes(column);
  const records = streams.map(({k}) => `stream${k}`);
  if (hasColumn || streams.length === 0) records.push('example');
  const sums = streams.map(({k, cells, lengths}) => {
    const args = ['row', 'j', ...cells, lengths].filter((arg) => arg !== '');
    const gradient = `gradient${k}(stream${k}, j, f${hasLabels && k === 0 ? ', labels' : ''})`;
    return `{ float f = logits${k}(${args.join(', ')}); ${add(gradient, k, lengths)} }`;
  });
  return {
    name: 'gradient',
    cells: [...all('cells'), ...(hasLabels ? ['labels'] : [])],
    rows: [...all('rows'), 'upstream'],
    columns: all('columns'),
    records,
    body: `${slopeBody(records[0]!)}
  float sum = 0.0;
  ${sums.join('\n  ')}
  ${hasColumn ? `if (example.classId == float(j)) { sum += example.${column}; }` : ''}
  return slope * sum;`,
  };
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
