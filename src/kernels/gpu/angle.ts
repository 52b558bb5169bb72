import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Plan, SMALLEST_SINE} from '../../formula/plan.js';
import {type Cell, type CellProgram, once, type Program, type VectorProgram} from '../../shaders/programs.js';
import {type Batch, withInputs} from './batch.js';
import {ANGLE, recordsOf} from './loss.js';
import {slopeBody, slopeText} from './lossGradient.js';
import {columnSum, columnsOverNorms} from './norms.js';

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
export function anglesOf({programs, featureShape, given}: Batch, base: Side, ids: Program): TensorInfo {
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
  return programs.vectors(program, featureShape, given);
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
function tangentsOf(batch: Batch, base: Side): TensorInfo {
  const {programs, plan, featureShape, given} = batch;
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
  const angles = anglesOf(batch, base, ids);
  const tangents = programs.cells(program, featureShape, withInputs(given, {angles}));
  programs.dispose(angles);
  return tangents;
}

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function gradientOfFeatures(batch: Batch): TensorInfo {
  const {programs, plan, featureShape, given} = batch;
  const [hasNorm, hasSine] = [plan.columns.includes('dFeatureNorm'), plan.columns.includes('dSine')];
  const program = once<CellProgram>(plan, 'features', () => {
    const body = `${slopeBody('example')}
  float ofNorm = ${hasNorm ? 'slope * example.dFeatureNorm' : '0.0'};
  return divided(features, featureNorms) * ofNorm${hasSine ? ' - tangents' : ''};`;
    const cells = ['features', ...(hasSine ? ['tangents'] : [])];
    const cell = {name: 'gradient', cells, rows: ['featureNorms', 'upstream'], records: ['example'], body};
    return {...stateProgram(plan), cell};
  });
  if (!hasSine) return programs.cells(program, featureShape, given);
  const tangents = tangentsOf(batch, 'features');
  const gradient = programs.cells(program, featureShape, withInputs(given, {tangents}));
  programs.dispose(tangents);
  return gradient;
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function gradientOfKernel(batch: Batch, dKernelNorms: TensorInfo): TensorInfo {
  const {programs, plan, sizes, given} = batch;
  const [matrix, norms] = [given.inputs.kernel!, given.inputs.kernelNorms!];
  const byNorms = columnsOverNorms(programs, {matrix, norms, factors: dKernelNorms});
  if (!plan.columns.includes('dSine')) return byNorms;
  const ofState = (cell: Cell) => once<CellProgram>(plan, cell.name, () => ({...stateProgram(plan), cell}));
  const blocks = Math.ceil(sizes.BATCH / BLOCK);
  const presence = programs.cells(ofState(isPresent), [blocks, sizes.CLASSES], given);
  const tangents = tangentsOf(batch, 'kernel');
  const inputs = withInputs(given, {tangents, presence});
  const sums = columnSum(programs, ofState(tangentsOfBlock), [blocks, sizes.DEPTH * sizes.CLASSES], inputs);
  const gradient = programs.cells(difference, matrix.shape, withInputs(given, {byNorms, sums}));
  for (const tensor of [byNorms, presence, tangents, sums]) programs.dispose(tensor);
  return gradient;
}

/** So many examples are gone through one by one where any of them is of the class. */
const BLOCK = 32;

const loopOverBlock = (classId: string, statement: string) => `for (int k = 0; k < ${BLOCK}; k++) {
    int i = ${BLOCK} * row + k;
    if (i < BATCH && classIdOf(i) == float(${classId})) { ${statement} }
  }`;

const isPresent: Cell = {name: 'isPresent', body: `${loopOverBlock('j', 'return 1.0;')}\n  return 0.0;`};

/** Of a number of the kernel: j is its place. */
const tangentsOfBlock: Cell = {
  name: 'tangentsOfBlock',
  body: `int d = j / CLASSES;
  int y = j - d * CLASSES;
  float sum = 0.0;
  if (getPresence(row, y) == 0.0) { return sum; }
  ${loopOverBlock('y', 'sum += getTangents(i, d);')}
  return sum;`,
};

const differenceBody = 'return byNorms - getSums(row * CLASSES + j);';
const difference: CellProgram = {cell: {name: 'gradient', cells: ['byNorms'], body: differenceBody}};
