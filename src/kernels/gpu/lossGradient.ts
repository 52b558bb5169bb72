import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {floatLiteral} from '../../formula/shaderText.js';
import {SOFT, UNLABELLED} from '../../tensors/labels.js';
import {type LossInputs, recordsOf} from './loss.js';
import {type Cell, type Programs, type Source} from './programs.js';
import {logitsCell, numberName, softLabelText, streamsText} from './streams.js';

/** What the programs of a gradient read beside. */
export interface BackwardInputs extends LossInputs {
  readonly upstream: TensorInfo;
  /** The records of the loss. */
  readonly state: TensorInfo;
}

/** Names and values of what is given with a text. */
type Given = Omit<Source, 'inputs' | 'text'>;

/** What all gradients are made of: the records, and by what the numbers in them are multiplied. */
export function slopesText(programs: Programs, plan: Plan): string {
  return `${programs.recordsText('state', recordsOf(plan))}
// What arrives for an example; exactly 0 where it has no class, and NaN where it has no loss.
float slopeOf(float classId, float upstream) {
  if (upstream == 0.0 || classId == ${floatLiteral(UNLABELLED)}) { return 0.0; }
  return select(upstream, classId, isnan(classId));
}
`;
}

/** The gradient with respect to the logits or the products, as far as it goes by way of these. */
export function gradientOfSource(
  programs: Programs,
  plan: Plan,
  source: 'logits' | 'products',
  inputs: BackwardInputs,
  given: Given,
): TensorInfo {
  const streams = streamsOf(plan, ({source: own}) => own === source);
  const withProduct = source === 'products' && plan.columns.includes('dProduct');
  const sums = streams.map(({k, isScaled, args}) => {
    const slope = `slope * gradient${k}(${args})`;
    return ofStream(k, `gradient += ${slope}${isScaled ? ` * factor${k}(${factorArgs(plan, k)})` : ''};`);
  });
  const ofProduct = withProduct ? ofTrueClass('dProduct', 'gradient') : '';
  return programs.cells({
    ...given,
    inputs: {...inputs, labels: inputs.rows},
    text: gradientText(programs, plan, inputs),
    cell: cellOf('gradient', plan, streams, inputs, withProduct, sums.join('') + ofProduct),
    shape: inputs.logits.shape as [number, number],
  });
}

/** The gradient with respect to ‖W_j‖; ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by it. */
export function gradientOfKernelNorms(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs,
  given: Given,
): TensorInfo {
  const streams = streamsOf(plan, ({overKernelNorm}) => overKernelNorm);
  const direct = plan.columns.includes('dKernelNorm');
  const sums = streams.map(({k, logits, args}) =>
    ofStream(k, `gradient -= slope * gradient${k}(${args}) * ${logits} * divided(1.0, kernelNorms);`),
  );
  const ofNorm = direct ? ofTrueClass('dKernelNorm', 'gradient') : '';
  return programs.columnSums({
    ...given,
    inputs: {...inputs, labels: inputs.rows},
    text: gradientText(programs, plan, inputs),
    cell: cellOf('gradient', plan, streams, inputs, direct, sums.join('') + ofNorm),
    shape: inputs.logits.shape as [number, number],
  });
}

/** A stream, and how its functions are called in the place of a matrix. */
interface StreamCall {
  readonly k: number;
  readonly cell: Cell;
  readonly isScaled: boolean;
  readonly logits: string;
  readonly args: string;
}

function streamsOf(plan: Plan, isMeant: (stream: Plan['streams'][number]) => boolean): StreamCall[] {
  return plan.streams.flatMap((stream, k) => {
    if (!isMeant(stream)) return [];
    const cell = logitsCell(stream, k);
    const lengths = [...cell.rows!, ...cell.columns!];
    const logits = `logits${k}(${['row', 'j', ...cell.cells!, ...lengths].join(', ')})`;
    const args = [`stream${k}`, 'j', logits, ...(takesLabels(plan, k) ? ['label'] : [])].join(', ');
    return {k, cell, isScaled: lengths.length > 0, logits, args};
  });
}

function factorArgs({streams}: Plan, k: number): string {
  const {rows, columns} = logitsCell(streams[k]!, k);
  return [...rows!, ...columns!].join(', ');
}

function takesLabels({softLabels}: Plan, k: number): boolean {
  return softLabels !== undefined && k === 0;
}

/** A cell that adds up what streams and the true class give. */
function cellOf(
  name: string,
  plan: Plan,
  streams: readonly StreamCall[],
  {rows}: BackwardInputs,
  withExample: boolean,
  sums: string,
): Cell {
  const all = (part: 'cells' | 'rows' | 'columns') => [...new Set(streams.flatMap(({cell}) => cell[part]!))];
  const hasLabels = streams.some(({k}) => takesLabels(plan, k));
  return {
    name,
    cells: [...all('cells'), ...(hasLabels && rows ? ['labels'] : [])],
    rows: [...all('rows'), 'upstream'],
    columns: all('columns'),
    records: [...streams.map(({k}) => `stream${k}`), ...(withExample ? ['example'] : [])],
    body: `
  float gradient = 0.0;
  ${hasLabels ? `float label = ${rows ? 'labels' : '0.0'};` : ''}
  ${sums}
  return gradient;`,
  };
}

function ofStream(k: number, statement: string): string {
  return `{
    float slope = slopeOf(stream${k}.classId, upstream);
    if (slope != 0.0) { ${statement} }
  }
  `;
}

function ofTrueClass(column: string, sum: string): string {
  return `if (example.classId == float(j)) {
    float slope = slopeOf(example.classId, upstream);
    if (slope != 0.0) { ${sum} += slope * example.${column}; }
  }`;
}

/** `gradient{k}`, with respect to a logit f of a stream. Exponentials are computed anew, which is cheaper than to keep them. */
function gradientText(programs: Programs, plan: Plan, {rows}: BackwardInputs): string {
  const {streams, columns} = plan;
  const gradients = streams.map(({excesses}, k) => {
    const hasTrue = columns.includes(`true${k}`) || excesses.length > 0;
    const steps = [
      ...(columns.includes(`factor${k}`)
        ? [`gradient += stream.factor${k} * expOfNegative(f - stream.max${k});`]
        : []),
      ...(columns.includes(`dLead${k}`) ? [`gradient -= stream.dLead${k};`] : []),
      ...excesses.map(
        (margin, h) =>
          `if ((f - stream.own${k}) + ${numberName(margin)} > 0.0) { gradient += stream.dExcess${k}_${h}; }`,
      ),
      ...(takesLabels(plan, k) && rows
        ? [`if (stream.classId == ${floatLiteral(SOFT)}) { gradient -= massOf(label); }`]
        : []),
    ];
    return `
float gradient${k}(Stream${k} stream, int j, float f${takesLabels(plan, k) ? ', float label' : ''}) {
  if (stream.classId == float(j)) { return ${hasTrue ? `stream.true${k}` : '0.0'}; }
  float gradient = 0.0;
  ${steps.join('\n  ')}
  return gradient;
}
`;
  });
  return [slopesText(programs, plan), streamsText(plan), softLabelText(plan), ...gradients].join('');
}
