import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {floatLiteral, shaderText} from '../../formula/shaderText.js';
import {INVALID, SOFT, UNLABELLED} from '../../tensors/labels.js';
import {CLASS_IDS, type ClassIds} from './labels.js';
import type {Programs, Records, Source} from './programs.js';
import {numberName, quantitiesOf, softLabelText, streamsText} from './streams.js';

/** What the programs of a loss read. */
export interface LossInputs {
  readonly logits: TensorInfo;
  /** W_j·x, where a bias makes it another matrix than the logits. */
  readonly products?: TensorInfo | undefined;
  readonly features?: TensorInfo | undefined;
  readonly kernel?: TensorInfo | undefined;
  /** Labels that may be distributions, [batch, classes]. */
  readonly rows?: TensorInfo | undefined;
  /** ‖x‖, [batch], and ‖W_j‖, [classes]. */
  readonly featureNorms?: TensorInfo | undefined;
  readonly kernelNorms?: TensorInfo | undefined;
}

/**
 * What a loss leaves of each row. For every stream the columns of the plan that its gradient reads, with the violated margins among
 * the gradient of the true class, and the logit of that, if the stream has margins; and for the example its loss and the other columns.
 * The id of the class is in each: a code where there is none, and NaN where the logits make the loss NaN.
 */
export function recordsOf({streams, columns}: Plan): Records {
  const ofStreams = streams.map(({excesses}, k) => {
    const names = [`max${k}`, `factor${k}`, `true${k}`, `dLead${k}`, ...excesses.map((_, h) => `dExcess${k}_${h}`)];
    const hasMargins = excesses.length > 0;
    return [
      ...names.filter((name) => columns.includes(name) || (hasMargins && name === `true${k}`)),
      ...(hasMargins ? [`own${k}`] : []),
    ];
  });
  const others = columns.filter((name) => !ofStreams.flat().includes(name));
  return Object.fromEntries([
    ...ofStreams.map((names, k) => [`stream${k}`, [...names, 'classId']]),
    ['example', ['loss', ...others, ...(others.length > 0 ? ['classId'] : [])]],
  ]);
}

/** Losses and records, as one tensor. */
export function recordsOfLoss(
  programs: Programs,
  plan: Plan,
  inputs: LossInputs,
  angles: TensorInfo | undefined,
  classIds: ClassIds,
  given: Omit<Source, 'inputs' | 'text'>,
): TensorInfo {
  const [batch, classes] = inputs.logits.shape as [number, number];
  const hasSoftLabels = inputs.rows !== undefined;
  return programs.rows({
    ...given,
    inputs: {...inputs, angles, labels: inputs.rows, [CLASS_IDS]: classIds.tensor},
    text: [
      angles ? programs.recordsText('angles', ANGLE) : '',
      classIds.text,
      streamsText(plan),
      softLabelText(plan),
    ].join(''),
    batch,
    records: recordsOf(plan),
    sums: {quantities: quantitiesOf(plan, hasSoftLabels), length: classes, omitted: 'classIdOf(row)'},
    body: bodyOf(plan, hasSoftLabels),
  });
}

/** What is known of the angle between x and W_y: see `angle.ts`. */
export const ANGLE = {angle: ['sine', 'quotient', 'correction', 'tangent']};

/** How the program is given what it reads; all else are sums. */
const GIVEN: Readonly<Record<string, string>> = {
  logit: 'getLogits(row, y)',
  product: 'getProducts(row, y)',
  featureNorm: 'getFeatureNorms(row)',
  kernelNorm: 'getKernelNorms(y)',
  sine: 'angle.sine',
};

function statementsOf({program}: Plan) {
  return shaderText(program, (name) => (GIVEN[name] ? name : `whole.${name}`), numberName);
}

/** What the sums of a row make: the formulas, and what stands for them where there is no class or no loss. */
function bodyOf(plan: Plan, hasSoftLabels: boolean): string {
  const {statements, outputs} = statementsOf(plan);
  const reads = plan.program.steps.flatMap((step) => (step.kind === 'row' && GIVEN[step.name] ? [step.name] : []));
  const columns = Object.values(recordsOf(plan)).flat().filter((name) => name !== 'loss' && name !== 'classId');
  const setAll = (value: string) => columns.map((name) => `${name} = ${value};`).join(' ');
  return `
  float classId = classIdOf(row);
  int y = int(max(classId, 0.0));
  ${reads.includes('sine') ? 'Angle angle = angleOf(row);' : ''}
  ${reads.map((name) => `float ${name} = ${GIVEN[name]};`).join('\n  ')}
  ${statements.join('\n  ')}
  float loss = ${outputs.loss};
  ${columns.map((name) => `float ${name} = ${columnText(plan, name, outputs)};`).join('\n  ')}
  ${columns.filter((name) => name.startsWith('own')).map((own) => `if (isnan(${own})) { loss = ${own}; }`).join('\n  ')}
  if (classId < 0.0) {
    ${setAll('0.0')}
    loss = select(NAN, 0.0, classId == ${floatLiteral(UNLABELLED)});
    ${hasSoftLabels ? softText : ''}
    if (classId == ${floatLiteral(INVALID)}) { classId = ${floatLiteral(UNLABELLED)}; }
  }
  if (isnan(loss) && classId != ${floatLiteral(UNLABELLED)}) {
    ${setAll('NAN')}
    classId = NAN;
  }`;
}

/** A row that is a distribution: its sums are over all classes. */
const softText = `if (classId == ${floatLiteral(INVALID)} && !isnan(whole.mass)) {
      classId = ${floatLiteral(SOFT)};
      loss = whole.mass * log(whole.sum0) + whole.shortfall;
      max0 = whole.max0;
      factor0 = whole.mass / whole.sum0;
    }`;

function columnText({streams}: Plan, name: string, outputs: Readonly<Record<string, string>>): string {
  const [, kind, k] = /^(true|own)(\d+)$/.exec(name) ?? [];
  if (kind === 'own') return `logits${k}At(row, y)`;
  const violated = kind
    ? streams[Number(k)]!.excesses.map((_, h) => `whole.violated${k}_${h} * (${outputs[`dExcess${k}_${h}`]})`)
    : [];
  return [outputs[name] ?? '0.0', ...violated].join(' - ');
}
