import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {shaderText} from '../../formula/shaderText.js';
import {once, type Records, type VectorProgram} from '../../shaders/programs.js';
import {INVALID, SOFT, UNLABELLED} from '../../tensors/labels.js';
import {type Batch, withInputs} from './batch.js';
import type {ClassIds} from './labels.js';
import {massesOf, quantitiesOf, streamsText} from './streams.js';

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
      ...[`max${k}`, `factor${k}`, `dLead${k}`, `largest${k}`, `dLargest${k}`].filter((name) =>
        columns.includes(name),
      ),
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
  batch: Batch,
  {kind, program}: ClassIds,
  angles: TensorInfo | undefined,
): TensorInfo {
  const {programs, plan, hasSoftLabels, shape, given} = batch;
  const loss = once<VectorProgram>(plan, `loss ${kind} ${hasSoftLabels}`, () => {
    const quantities = quantitiesOf(plan, hasSoftLabels);
    const sums = {axis: 1, quantities, omitted: 'classIdOf(row)', weights: massesOf(plan)} as const;
    return {
      text: `${program.text}${streamsText(plan)}`,
      recordsIn: {...program.recordsIn, angles: ANGLE},
      records: recordsOf(plan),
      // A formula may read no sum at all, and a struct without fields does not compile.
      ...(quantities.length > 0 && {sums}),
      body: bodyOf(plan, hasSoftLabels),
    };
  });
  return programs.vectors(loss, shape, withInputs(given, {angles}));
}

/** The losses among them. */
export function lossesIn({programs, plan, shape}: Batch, state: TensorInfo): TensorInfo {
  const body = 'float value = exampleOf(row).loss;';
  const losses = once<VectorProgram>(plan, 'losses', () => ({recordsIn: {state: recordsOf(plan)}, body}));
  return programs.vectors(losses, shape, {inputs: {state}});
}

/** How the program is given what it reads, by name without the number; all else are sums. */
const GIVEN: Readonly<Record<string, (number: string) => string>> = {
  logit: () => 'getLogits(row, y)',
  product: () => 'getProducts(row, y)',
  perClass: (t) => `getPerClass(${t}, y)`,
  featureNorm: () => 'getFeatureNorms(row)',
  kernelNorm: () => 'getKernelNorms(y)',
  sine: () => 'angleOf(row).sine',
  largest: (k) => `select(whole.max${k}, whole.ties${k}, isnan(whole.ties${k}))`,
};

function givenText(name: string): string | undefined {
  const [, base, number] = /^(\D+)(\d*)$/.exec(name) ?? [];
  return base === undefined ? undefined : GIVEN[base]?.(number!);
}

/** What the sums of a row make: the formulas, and what stands for them where there is no class or no loss. */
function bodyOf(plan: Plan, hasSoftLabels: boolean): string {
  const {program, streams} = plan;
  const given = program.steps.flatMap((step) => {
    const text = step.kind === 'row' && givenText(step.name);
    return text ? [`float ${step.name} = ${text};`] : [];
  });
  const {statements, outputs} = shaderText(program, (name) => (givenText(name) ? name : `whole.${name}`));
  const fields = Object.values(recordsOf(plan)).flat();
  const columns = fields.filter((name) => name !== 'loss' && name !== 'classId');
  const setAll = (value: string) => columns.map((name) => `${name} = ${value};`).join(' ');
  const ofMargins = streams.flatMap(({excesses, largest}, k) => [
    ...(largest ? [`if (isnan(logit + largest${k})) { loss = logit + largest${k}; }`] : []),
    ...(excesses.length > 0
      ? [`own${k} = logits${k}At(row, y); if (isnan(own${k})) { loss = own${k}; }`]
      : []),
    ...excesses.map((_, h) => `true${k} -= whole.violated${k}_${h} * dExcess${k}_${h};`),
  ]);
  return `
  float classId = classIdOf(row);
  int y = int(max(classId, 0.0));
  ${given.join('\n  ')}
  ${statements.join('\n  ')}
  float loss = ${outputs.loss};
  ${columns.map((name) => (outputs[name] === name ? '' : `float ${name} = ${outputs[name] ?? '0.0'};`)).join('\n  ')}
  ${ofMargins.join('\n  ')}
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
