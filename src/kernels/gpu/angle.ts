import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Plan, SMALLEST_SINE} from '../../formula/plan.js';
import {ANGLE, type LossInputs, recordsOf, sizesOf} from './loss.js';
import {type BackwardInputs, slopeBody, slopeText} from './lossGradient.js';
import {columnsOverNorms} from './norms.js';
import {type CellProgram, once, type Program, type Programs, type VectorProgram} from './programs.js';

/** How an entry of x or W_y and the length of either is read. */
const SIDES = {
  features: {entry: 'getFeatures(row, d)', norm: 'getFeatureNorms(row)'},
  kernel: {entry: 'getKernel(d, y)', norm: 'getKernelNorms(y)'},
};

type Side = keyof typeof SIDES;

const OTHER = {features: 'kernel', kernel: 'features'} as const;

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
 *
 * @param ids - A program that reads class ids, by `classIdOf(row)`.
 */
export function anglesOf(programs: Programs, base: Side, ids: Program, inputs: LossInputs): TensorInfo {
  const program = once<VectorProgram>(ids, base, () => {
    const [a, b] = [SIDES[base], SIDES[OTHER[base]]];
    const loop = (statement: string) => `for (int d = 0; d < DEPTH; d++) {
    float a = ${a.entry} * ofA;
    float b = ${b.entry} * ofB;
    ${statement}
  }`;
    return {
      ...ids,
      text: `${ids.text}${restText}`,
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
  float rest = sqrt(restSquare);
  if (rest < ${SMALLEST_SINE}) { rest = 0.0; }
  float length = ${b.norm} * ofB;
  float sine = select(divided(rest, length), 1.0, ${a.norm} == 0.0 || ${b.norm} == 0.0);
  float tangent = divided(divided(quotient * ${a.norm} * ofA, length), rest);`,
    };
  });
  return programs.vectors(program, [inputs.features!.shape[0]!, 0], {
    inputs: {...inputs},
    sizes: sizesOf(inputs),
  });
}

/** What gradients by way of sin θ_y read of the state. */
function stateProgram(plan: Plan): Program {
  return once(plan, 'state', () => ({
    recordsIn: {state: recordsOf(plan), angles: ANGLE},
    text: `${slopeText}
float classIdOf(int row) {
  return exampleOf(row).classId;
}
`,
  }));
}

/** −∂ sin θ_y/∂a of each example times what arrives for it, [batch, features]: a is x or W_y. */
function tangentsOf(programs: Programs, plan: Plan, base: Side, inputs: BackwardInputs): TensorInfo {
  const ids = stateProgram(plan);
  const program = once<CellProgram>(plan, `tangents ${base}`, () => {
    const [a, b] = [SIDES[base], SIDES[OTHER[base]]];
    const body = `${slopeBody('example')}
  int d = j;
  int y = int(example.classId);
  float a = ${a.entry} * powerFor(${a.norm});
  float rest = restOf(a, ${b.entry} * powerFor(${b.norm}), angle.quotient) - angle.correction * a;
  return slope * example.dSine * divided(rest * angle.tangent, ${a.norm});`;
    const cell = {name: 'tangent', rows: ['upstream'], records: ['example', 'angle'], body};
    return {...ids, text: `${ids.text}${restText}`, cell};
  });
  const angles = anglesOf(programs, base, ids, inputs);
  const tangents = programs.cells(program, inputs.features!.shape, {inputs: {...inputs, angles}});
  programs.dispose(angles);
  return tangents;
}

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function gradientOfFeatures(programs: Programs, plan: Plan, inputs: BackwardInputs): TensorInfo {
  const [hasNorm, hasSine] = [plan.columns.includes('dFeatureNorm'), plan.columns.includes('dSine')];
  const program = once<CellProgram>(plan, 'features', () => ({
    ...stateProgram(plan),
    cell: {
      name: 'gradient',
      cells: ['features', ...(hasSine ? ['tangents'] : [])],
      rows: ['featureNorms', 'upstream'],
      records: ['example'],
      body: `${slopeBody('example')}
  float ofNorm = ${hasNorm ? 'slope * example.dFeatureNorm' : '0.0'};
  return divided(features, featureNorms) * ofNorm${hasSine ? ' - tangents' : ''};`,
    },
  }));
  const tangents = hasSine ? tangentsOf(programs, plan, 'features', inputs) : undefined;
  const gradient = programs.cells(program, inputs.features!.shape, {inputs: {...inputs, tangents}});
  if (tangents) programs.dispose(tangents);
  return gradient;
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function gradientOfKernel(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs & {readonly dKernelNorms: TensorInfo},
): TensorInfo {
  const {kernel, kernelNorms, dKernelNorms} = inputs;
  if (!plan.columns.includes('dSine')) return columnsOverNorms(programs, kernel!, kernelNorms!, dKernelNorms);
  const sizes = sizesOf(inputs);
  const list = once<CellProgram>(plan, 'next', () => ({...stateProgram(plan), cell: nextExample}));
  const next = programs.cells(list, [2, sizes.CLASSES + sizes.BATCH], {inputs: {...inputs}, sizes});
  const tangents = tangentsOf(programs, plan, 'kernel', inputs);
  const given = {inputs: {kernel, kernelNorms, dKernelNorms, tangents, next}, sizes};
  const gradient = programs.cells(kernelGradient, kernel!.shape, given);
  programs.dispose(tangents);
  programs.dispose(next);
  return gradient;
}

/**
 * The examples of each class as a list: the first of every class, and behind these, the next one of the same class for every example; −1 where
 * there is none. Two digits in two rows, since numbers of half precision hold integers up to 2,048 only.
 */
const nextExample = {
  name: 'digit',
  body: `int first = j - CLASSES + 1;
  float classId = float(j);
  if (first > 0) { classId = classIdOf(first - 1); }
  float next = -1.0;
  for (int i = 0; i < BATCH; i++) {
    if (next < 0.0 && i >= first && classIdOf(i) == classId) { next = float(i); }
  }
  float high = floor(next / 1024.0);
  return select(next - 1024.0 * high, high, row == 0);`,
};

const kernelGradient: CellProgram = {
  text: `
float nextOf(int place) {
  return 1024.0 * getNext(0, place) + getNext(1, place);
}
`,
  cell: {
    name: 'gradient',
    cells: ['kernel'],
    columns: ['kernelNorms', 'dKernelNorms'],
    body: `float gradient = divided(kernel, kernelNorms) * dKernelNorms;
  float example = nextOf(j);
  for (int k = 0; k < BATCH; k++) {
    if (example < 0.0) { break; }
    gradient -= getTangents(int(example), row);
    example = nextOf(CLASSES + int(example));
  }
  return gradient;`,
  },
};
