import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan, Stream} from '../../formula/plan.js';
import {type CellProgram, once} from '../../shaders/programs.js';
import {SOFT, UNLABELLED} from '../../tensors/labels.js';
import type {Batch} from './batch.js';
import {recordsOf} from './loss.js';
import {columnSum} from './norms.js';
import {logitsCell, streamsText} from './streams.js';

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
export function gradientOfSource(batch: Batch, source: 'logits' | 'products'): TensorInfo {
  const {programs, shape, given} = batch;
  const column = source === 'products' ? 'dProduct' : '';
  const program = gradientProgram(
    batch,
    source,
    (stream) => stream.source === source,
    column,
    (k, gradient, lengths) => `sum += ${gradient}${lengths && ` * factor${k}(${lengths})`};`,
  );
  return programs.cells(program, shape, given);
}

/** The gradient with respect to ‖W_j‖; ∂f_j/∂‖W_j‖ = −f_j/‖W_j‖, where f_j is divided by it. */
export function gradientOfKernelNorms(batch: Batch): TensorInfo {
  const {programs, shape, given} = batch;
  const isDivided = ({overKernelNorm}: Stream) => overKernelNorm;
  const program = gradientProgram(
    batch,
    'kernelNorms',
    isDivided,
    'dKernelNorm',
    (_, gradient) => `sum -= divided(${gradient} * f, kernelNorms);`,
  );
  return columnSum(programs, program, shape, given);
}

/** Adds up a column of the true class, and what `add` makes of the gradients with respect to the logits f of some streams. */
function gradientProgram(
  {plan, hasSoftLabels}: Batch,
  name: string,
  isMeant: (stream: Stream) => boolean,
  column: string,
  add: (k: number, gradient: string, lengths: string) => string,
): CellProgram {
  return once(plan, `${name} ${hasSoftLabels}`, () => {
    const streams = plan.streams.flatMap((stream, k) =>
      isMeant(stream) ? [{k, ...logitsCell(stream, k)}] : [],
    );
    const all = (part: 'cells' | 'rows' | 'columns') => [...new Set(streams.flatMap((cell) => cell[part]))];
    const hasColumn = plan.columns.includes(column);
    const records = [
      ...streams.map(({k}) => `stream${k}`),
      ...(hasColumn || streams.length === 0 ? ['example'] : []),
    ];
    const sums = streams.map(({k, cells, rows, columns, lengths}) => {
      const gradient = `gradient${k}(stream${k}, row, j, f)`;
      const logit = `logits${k}(${['row', 'j', ...cells, ...rows, ...columns].join(', ')})`;
      return `{ float f = ${logit}; ${add(k, gradient, lengths)} }`;
    });
    const body = `${slopeBody(records[0]!)}
  float sum = 0.0;
  ${sums.join('\n  ')}
  ${hasColumn ? `if (example.classId == float(j)) { sum += example.${column}; }` : ''}
  return slope * sum;`;
    // Distributions are for the first stream.
    const gradients = plan.streams.map((_, k) => gradientText(plan, k, hasSoftLabels && k === 0));
    return {
      text: [slopeText, streamsText(plan), ...gradients].join(''),
      recordsIn: {state: recordsOf(plan)},
      cell: {
        name: 'gradient',
        cells: all('cells'),
        rows: [...all('rows'), 'upstream'],
        columns: all('columns'),
        records,
        body,
      },
    };
  });
}

/** `gradient{k}`, with respect to a logit f of a stream. Exponentials are computed anew, which is cheaper than to keep them. */
function gradientText(plan: Plan, k: number, hasSoftLabels: boolean): string {
  const fields = recordsOf(plan)[`stream${k}`]!;
  const ifHas = (field: string, text: string) => (fields.includes(field) ? [text] : []);
  const steps = [
    ...ifHas(`factor${k}`, `gradient += stream.factor${k} * expOfNegative(f - stream.max${k});`),
    ...ifHas(`dLead${k}`, `gradient -= stream.dLead${k};`),
    ...ifHas(`dLargest${k}`, `if (f == stream.largest${k}) { gradient += stream.dLargest${k}; }`),
    ...plan.streams[k]!.excesses.map(({margin, isSquared}, h) => {
      const gradient = `${isSquared ? '2.0 * excess * ' : ''}stream.dExcess${k}_${h}`;
      return `{ float excess = (f - stream.own${k}) + n${margin}; if (excess > 0.0) { gradient += ${gradient}; } }`;
    }),
    ...(hasSoftLabels ? [`if (stream.classId == ${SOFT}.0) { gradient -= massAt(row, j); }`] : []),
  ];
  return `
float gradient${k}(Stream${k} stream, int row, int j, float f) {
  if (stream.classId == float(j)) { return ${ifHas(`true${k}`, `stream.true${k}`)[0] ?? '0.0'}; }
  float gradient = 0.0;
  ${steps.join('\n  ')}
  return gradient;
}
`;
}
