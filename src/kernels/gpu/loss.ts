import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {shaderText} from '../../formula/shaderText.js';
import {INVALID, SOFT, UNLABELLED} from '../../tensors/labels.js';
import type {LossAttributes} from '../contract.js';
import type {ClassIds} from './labels.js';
import {once, type Programs, type Records, type VectorProgram} from './programs.js';
import {numbersOf, quantitiesOf, streamsText} from './streams.js';

/** What the programs of a loss read. */
export interface LossInputs {
  readonly logits: TensorInfo;
  /** W_j·x, where a bias makes it another matrix than the logits. */
  readonly products?: TensorInfo | undefined;
  readonly features?: TensorInfo | undefined;
  readonly kernel?: TensorInfo | undefined;
  /** Rows that may be distributions, [batch, classes]. */
  readonly labels?: TensorInfo | undefined;
  /** ‖x‖, [batch], and ‖W_j‖, [classes]. */
  readonly featureNorms?: TensorInfo | undefined;
  readonly kernelNorms?: TensorInfo | undefined;
  readonly classIds?: TensorInfo;
}

/** What is known of the angle between x and W_y: see `angle.ts`. */
export const ANGLE = {angle: ['sine', 'quotient', 'correction', 'tangent']};

/**
 * What a loss leaves of each row. For every stream it is the columns of the plan that its gradient reads, and if there are margins Δ, the
 * logit of the true class, whose gradient has those of violated margins in it. For the example it is its loss and the other columns. Each has
 * the id of the class: −1 where there is none, and NaN where the logits make the loss NaN.
 */
export function recordsOf(plan: Plan): Records {
  return once(plan, 'records', () => {
    const {streams, columns} = plan;
    const ofStreams = streams.map(({excesses}, k) => [
      ...[`max${k}`, `factor${k}`, `dLead${k}`].filter((name) => columns.includes(name)),
      ...(columns.includes(`true${k}`) || excesses.length > 0 ? [`true${k}`] : []),
      ...excesses.map((_, h) => `dExcess${k}_${h}`),
      ...(excesses.length > 0 ? [`own${k}`] : []),
    ]);
    const others = columns.filter((name) => !ofStreams.flat().includes(name));
    const streamRecords = ofStreams.map((names, k) => [`stream${k}`, [...names, 'classId']]);
    return Object.fromEntries([...streamRecords, ['example', ['loss', ...others, 'classId']]]);
  });
}

/** Records of the rows, losses among them. */
export function recordsOfLoss(
  programs: Programs,
  {plan, numbers}: LossAttributes,
  inputs: LossInputs & {readonly angles: TensorInfo | undefined},
  {kind, program}: ClassIds,
): TensorInfo {
  const hasSoftLabels = inputs.labels !== undefined;
  const loss = once<VectorProgram>(plan, `loss ${kind} ${hasSoftLabels}`, () => ({
    text: `${program.text}${streamsText(plan)}`,
    recordsIn: {...program.recordsIn, angles: ANGLE},
    records: recordsOf(plan),
    sums: {axis: 1, quantities: quantitiesOf(plan, hasSoftLabels), omitted: 'classIdOf(row)'},
    body: bodyOf(plan, hasSoftLabels),
  }));
  const sizes = sizesOf(inputs);
  const given = {inputs: {...inputs}, numbers: numbersOf(plan, numbers, sizes.CLASSES), sizes};
  return programs.vectors(loss, inputs.logits.shape as [number, number], given);
}

/** The losses among them. */
export function lossesIn(programs: Programs, plan: Plan, state: TensorInfo, batch: number): TensorInfo {
  const program = once<VectorProgram>(plan, 'losses', () => ({
    recordsIn: {state: recordsOf(plan)},
    body: 'float value = exampleOf(row).loss;',
  }));
  return programs.vectors(program, [batch, 0], {inputs: {state}});
}

/** The integers that texts read. */
export function sizesOf({logits, features}: LossInputs): {BATCH: number; CLASSES: number; DEPTH: number} {
  return {BATCH: logits.shape[0]!, CLASSES: logits.shape[1]!, DEPTH: features?.shape[1] ?? 0};
}

/** How the program is given what it reads; all else are sums. */
const GIVEN: Readonly<Record<string, string>> = {
  logit: 'getLogits(row, y)',
  product: 'getProducts(row, y)',
  featureNorm: 'getFeatureNorms(row)',
  kernelNorm: 'getKernelNorms(y)',
  sine: 'angleOf(row).sine',
};

/** What the sums of a row make: the formulas, and what stands for them where there is no class or no loss. */
function bodyOf(plan: Plan, hasSoftLabels: boolean): string {
  const {program, streams} = plan;
  const {statements, outputs} = shaderText(
    program,
    (name) => (GIVEN[name] ? name : `whole.${name}`),
    (index) => `n${index}`,
  );
  const reads = program.steps.flatMap((step) => (step.kind === 'row' && GIVEN[step.name] ? [step.name] : []));
  const columns = Object.values(recordsOf(plan))
    .flat()
    .filter((name) => name !== 'loss' && name !== 'classId');
  const setAll = (value: string) => columns.map((name) => `${name} = ${value};`).join(' ');
  const own = columns.filter((name) => name.startsWith('own'));
  const violated = streams.flatMap(({excesses}, k) =>
    excesses.map((_, h) => `true${k} -= whole.violated${k}_${h} * dExcess${k}_${h};`),
  );
  return `
  float classId = classIdOf(row);
  int y = int(max(classId, 0.0));
  ${reads.map((name) => `float ${name} = ${GIVEN[name]};`).join('\n  ')}
  ${statements.join('\n  ')}
  float loss = ${outputs.loss};
  ${columns.map((name) => `float ${name} = ${outputs[name] ?? (own.includes(name) ? name.replace('own', 'logits').concat('At(row, y)') : '0.0')};`).join('\n  ')}
  ${violated.join('\n  ')}
  ${own.map((name) => `if (isnan(${name})) { loss = ${name}; }`).join('\n  ')}
  if (classId < 0.0) {
    ${setAll('0.0')}
    loss = select(NAN, 0.0, classId == ${UNLABELLED}.0);
    ${hasSoftLabels ? softText : ''}
    if (classId == ${INVALID}.0) { classId = ${UNLABELLED}.0; }
  }
  if (isnan(loss) && classId != ${UNLABELLED}.0) {
    ${setAll('NAN')}
    classId = NAN;
  }`;
}

/** A row that is a distribution: its sums are over all classes. */
const softText = `if (classId == ${INVALID}.0 && !isnan(whole.mass) && abs(whole.mass) <= 3.4e38) {
      classId = ${SOFT}.0;
      loss = whole.mass * log(whole.sum0) + whole.shortfall;
      max0 = whole.max0;
      factor0 = whole.mass / whole.sum0;
    }`;
