import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import type {ClassIds} from './labels.js';
import {ANGLE, type LossInputs, recordsOf} from './loss.js';
import {type BackwardInputs, slopeText} from './lossGradient.js';
import {columnsOverNorms} from './norms.js';
import {type CellProgram, once, type Program, type Programs, type VectorProgram} from './programs.js';

/** How an entry of x or W_y and the length of either is read. */
const READERS = {
  features: {entry: 'getFeatures(row, d)', norm: 'getFeatureNorms(row)'},
  kernel: {entry: 'getKernel(d, y)', norm: 'getKernelNorms(y)'},
};

type Side = keyof typeof READERS;

const others: Readonly<Record<Side, Side>> = {features: 'kernel', kernel: 'features'};

/** What remains of b beside a. Products of halves are exact (Dekker, 1971), so that the digits of a small angle stay. */
const restText = `
float restOf(float a, float b, float quotient) {
  float q = highHalf(quotient);
  float high = highHalf(a);
  float rest = ((b - q * high) - q * (a - high)) - (quotient - q) * high;
  return rest - (quotient - q) * (a - high);
}
`;

/**
 * The angle between x and W_y, from what remains of one, b, beside the other, a: r = b − (a·b/a·a)·a, both over powers of two that make
 * their lengths about 1. A second step takes away what the rounding of the quotient left along a. Then sin θ = ‖r‖/‖b‖, and ∂ sin θ/∂a =
 * −(cos θ/‖r‖)·r/‖a‖, of which the first factor is `tangent`.
 */
function angles(
  programs: Programs,
  base: Side,
  inputs: LossInputs,
  ids: Program,
  given: Readonly<Record<string, TensorInfo>>,
  owner: object,
  key: string,
): TensorInfo {
  const [batch, depth] = inputs.features!.shape as [number, number];
  const classes = inputs.kernel!.shape[1]!;
  const [a, b] = [READERS[base], READERS[others[base]]];
  const loop = (statement: string) => `for (int d = 0; d < DEPTH; d++) {
    float a = ${a.entry} * ofA;
    float b = ${b.entry} * ofB;
    ${statement}
  }`;
  const program = once(
    owner,
    `angles ${base} ${key} ${batch} ${depth} ${classes}`,
    (): VectorProgram => ({
      ...ids,
      text: `${ids.text}${restText}`,
      sizes: {DEPTH: depth, CLASSES: classes},
      count: batch,
      records: ANGLE,
      body: `
  int y = int(max(classIdOf(row), 0.0));
  float ofA = powerFor(${a.norm});
  float ofB = powerFor(${b.norm});
  float square = 0.0;
  float product = 0.0;
  ${loop('square += a * a; product += a * b;')}
  float quotient = divided(product, square);
  float along = 0.0;
  ${loop('along += a * restOf(a, b, quotient);')}
  float correction = divided(along, square);
  float restSquare = 0.0;
  ${loop('float rest = restOf(a, b, quotient) - correction * a; restSquare += rest * rest;')}
  float lengthOfB = ${b.norm} * ofB;
  float sine = divided(sqrt(restSquare), lengthOfB);
  if (${a.norm} == 0.0 || ${b.norm} == 0.0) { sine = 1.0; }
  float tangent = divided(divided(quotient * ${a.norm} * ofA, lengthOfB), sqrt(restSquare));`,
    }),
  );
  const {features, kernel, featureNorms, kernelNorms} = inputs;
  return programs.vectors(program, {inputs: {features, kernel, featureNorms, kernelNorms, ...given}});
}

/** sin θ_y for the loss. */
export function anglesOf(
  programs: Programs,
  inputs: LossInputs,
  {tensor, program, kind}: ClassIds,
): TensorInfo {
  return angles(programs, 'features', inputs, program, {classIds: tensor}, READERS, kind);
}

/** What gradients by way of sin θ_y read of the state. */
function programOf(plan: Plan): Program {
  return {
    recordsIn: {state: recordsOf(plan), angles: ANGLE},
    text: `${slopeText}
float classIdOf(int row) {
  Example example = exampleOf(row);
  return example.classId;
}
`,
  };
}

/** −∂ sin θ_y/∂a of each example times what arrives for it, [batch, features]: a is x or W_y. */
function tangentsOf(programs: Programs, plan: Plan, base: Side, inputs: BackwardInputs): TensorInfo {
  const [batch, depth] = inputs.features!.shape as [number, number];
  const program = programOf(plan);
  const ofSide = angles(programs, base, inputs, program, {state: inputs.state}, plan, 'back');
  const scaled = {
    features: 'features * powerFor(featureNorms)',
    kernel: 'getKernel(j, y) * powerFor(getKernelNorms(y))',
  };
  const tangents = once(
    plan,
    `tangents ${base} ${batch} ${depth}`,
    (): CellProgram => ({
      ...program,
      text: `${program.text}${restText}`,
      cell: {
        name: 'tangent',
        cells: ['features'],
        rows: ['featureNorms', 'upstream'],
        records: ['example', 'angle'],
        body: `
  float slope = slopeOf(example.classId, upstream);
  if (isnan(slope)) { return slope; }
  if (slope == 0.0) { return 0.0; }
  int y = int(example.classId);
  float a = ${scaled[base]};
  float rest = restOf(a, ${scaled[others[base]]}, angle.quotient) - angle.correction * a;
  return slope * example.dSine * divided(rest * angle.tangent, ${base === 'features' ? 'featureNorms' : 'getKernelNorms(y)'});`,
      },
      shape: [batch, depth],
    }),
  );
  const result = programs.cells(tangents, {inputs: {...inputs, angles: ofSide}});
  programs.dispose(ofSide);
  return result;
}

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function gradientOfFeatures(programs: Programs, plan: Plan, inputs: BackwardInputs): TensorInfo {
  const hasSine = plan.columns.includes('dSine');
  const tangents = hasSine ? tangentsOf(programs, plan, 'features', inputs) : undefined;
  const shape = inputs.features!.shape as [number, number];
  const program = once(
    plan,
    `features ${shape}`,
    (): CellProgram => ({
      ...programOf(plan),
      cell: {
        name: 'gradient',
        cells: ['features', ...(hasSine ? ['tangents'] : [])],
        rows: ['featureNorms', 'upstream'],
        records: ['example'],
        body: `
  float slope = slopeOf(example.classId, upstream);
  if (isnan(slope)) { return slope; }
  if (slope == 0.0) { return 0.0; }
  float byNorm = ${plan.columns.includes('dFeatureNorm') ? 'divided(features, featureNorms) * (slope * example.dFeatureNorm)' : '0.0'};
  return byNorm${hasSine ? ' - tangents' : ''};`,
      },
      shape,
    }),
  );
  const gradient = programs.cells(program, {inputs: {...inputs, tangents}});
  if (tangents) programs.dispose(tangents);
  return gradient;
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function gradientOfKernel(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs & {readonly dKernelNorms: TensorInfo},
): TensorInfo {
  const {kernel, kernelNorms, dKernelNorms, state, logits} = inputs;
  if (!plan.columns.includes('dSine')) return columnsOverNorms(programs, kernel!, kernelNorms!, dKernelNorms);
  const tangents = tangentsOf(programs, plan, 'kernel', inputs);
  const [batch, classes] = logits.shape as [number, number];
  const sizes = {BATCH: batch, CLASSES: classes};
  const nextProgram = once(
    plan,
    `next ${batch} ${classes}`,
    (): CellProgram => ({
      ...programOf(plan),
      sizes,
      cell: {name: 'digit', body: nextText},
      shape: [2, classes + batch],
    }),
  );
  const next = programs.cells(nextProgram, {inputs: {state}});
  const program = once(
    plan,
    `kernel ${kernel!.shape} ${batch}`,
    (): CellProgram => ({
      text: `
float nextOf(int place) {
  return 1024.0 * getNext(0, place) + getNext(1, place);
}
`,
      sizes,
      cell: {
        name: 'gradient',
        cells: ['kernel'],
        columns: ['kernelNorms', 'dKernelNorms'],
        body: `
  float gradient = divided(kernel, kernelNorms) * dKernelNorms;
  float example = nextOf(j);
  for (int k = 0; k < BATCH; k++) {
    if (example < 0.0) { break; }
    gradient -= getTangents(int(example), row);
    example = nextOf(CLASSES + int(example));
  }
  return gradient;`,
      },
      shape: kernel!.shape as [number, number],
    }),
  );
  const gradient = programs.cells(program, {inputs: {kernel, kernelNorms, dKernelNorms, tangents, next}});
  programs.dispose(tangents);
  programs.dispose(next);
  return gradient;
}

/**
 * The examples of each class as a list: the first of every class, and behind these, the next one of the same class for every example; −1 where
 * there is none. Two digits in two rows, since numbers of half precision hold integers up to 2,048 only.
 */
const nextText = `
  int first = j - CLASSES + 1;
  float classId = float(j);
  if (first > 0) { classId = classIdOf(first - 1); }
  float next = -1.0;
  for (int i = 0; i < BATCH; i++) {
    if (next < 0.0 && i >= first && classIdOf(i) == classId) { next = float(i); }
  }
  float high = floor(next / 1024.0);
  return select(next - 1024.0 * high, high, row == 0);`;
