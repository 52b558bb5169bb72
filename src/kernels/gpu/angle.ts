import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import {ANGLE} from './loss.js';
import {type BackwardInputs, slopesText} from './lossGradient.js';
import {type Programs, type Source} from './programs.js';

/** x, W and their lengths. */
export interface Vectors {
  readonly features: TensorInfo;
  readonly kernel: TensorInfo;
  readonly featureNorms: TensorInfo;
  readonly kernelNorms: TensorInfo;
}

/** How an entry of x or W_y and the length of either is read. */
const READERS = {
  features: {entry: 'getFeatures(row, d)', norm: 'getFeatureNorms(row)'},
  kernel: {entry: 'getKernel(d, y)', norm: 'getKernelNorms(y)'},
};

type Side = keyof typeof READERS;

/** What remains of b beside a. Products of halves are exact, so that the digits of a small angle stay. */
const restText = `
float restOf(float a, float b, float quotient) {
  float q = highHalf(quotient);
  float high = highHalf(a);
  float rest = ((b - q * high) - q * (a - high)) - (quotient - q) * high;
  return rest - (quotient - q) * (a - high);
}
`;

/**
 * The angle between x and W_y, from what remains of one beside the other: r = b − (a·b/a·a)·a, where a and b are the two over powers
 * of two that make their lengths about 1. A second step takes away what the rounding of the quotient left along a.
 *
 * sin θ = ‖r‖/‖b‖; and `tangent` is cos θ/‖r‖, which times r/‖a‖ is −∂ sin θ/∂a in units of a.
 *
 * @param base - Which of the two is a.
 * @param given - Reads the class's id, by `classIdOf(row)`.
 */
export function anglesOf(
  programs: Programs,
  {features, kernel, featureNorms, kernelNorms}: Vectors,
  base: Side,
  given: Source,
): TensorInfo {
  const [a, b] = [READERS[base], READERS[base === 'features' ? 'kernel' : 'features']];
  const loop = (statement: string) => `for (int d = 0; d < DEPTH; d++) {
    float a = ${a.entry} * ofBase;
    float b = ${b.entry} * ofOther;
    ${statement}
  }`;
  const [batch, depth] = features.shape as [number, number];
  return programs.rows({
    inputs: {features, kernel, featureNorms, kernelNorms, ...given.inputs},
    sizes: {...given.sizes, DEPTH: depth},
    text: `${given.text}${restText}`,
    batch,
    records: ANGLE,
    body: `
  int y = int(max(classIdOf(row), 0.0));
  float ofBase = powerFor(${a.norm});
  float ofOther = powerFor(${b.norm});
  float square = 0.0;
  float product = 0.0;
  ${loop('square += a * a; product += a * b;')}
  float quotient = divided(product, square);
  float along = 0.0;
  ${loop('along += a * restOf(a, b, quotient);')}
  float correction = divided(along, square);
  float restSquare = 0.0;
  ${loop('float rest = restOf(a, b, quotient) - correction * a; restSquare += rest * rest;')}
  float otherLength = ${b.norm} * ofOther;
  float sine = divided(sqrt(restSquare), otherLength);
  if (${a.norm} == 0.0 || ${b.norm} == 0.0) { sine = 1.0; }
  float tangent = divided(divided(quotient * ${a.norm} * ofBase, otherLength), sqrt(restSquare));`,
  });
}

/** The function `tangentAt(row, d, y, …)`, of an entry of each: −∂ sin θ/∂a, a being the base. */
const tangentText = (base: Side) => `
float tangentOf(float features, float kernel, float featureNorm, float kernelNorm, Angle angle) {
  float a = ${base === 'features' ? 'features * powerFor(featureNorm)' : 'kernel * powerFor(kernelNorm)'};
  float b = ${base === 'features' ? 'kernel * powerFor(kernelNorm)' : 'features * powerFor(featureNorm)'};
  float rest = restOf(a, b, angle.quotient) - angle.correction * a;
  return divided(rest * angle.tangent, ${base === 'features' ? 'featureNorm' : 'kernelNorm'});
}
`;

/** The gradient with respect to x, by way of ‖x‖ and of sin θ_y. */
export function gradientOfFeatures(programs: Programs, plan: Plan, inputs: BackwardInputs): TensorInfo {
  return withAngles(programs, plan, inputs, 'features', (angles, sizes, text) => {
    const byNorm = 'gradient += divided(features, featureNorms) * (slope * example.dFeatureNorm);';
    const bySine = `int y = int(max(example.classId, 0.0));
  gradient -= slope * example.dSine * tangentOf(features, getKernel(j, y), featureNorms, getKernelNorms(y), angle);`;
    return programs.cells({
      inputs: {...inputs, angles},
      sizes,
      text,
      cell: {
        name: 'gradient',
        cells: ['features'],
        rows: ['featureNorms', 'upstream'],
        records: ['example', ...(angles ? ['angle'] : [])],
        body: `
  float slope = slopeOf(example.classId, upstream);
  float gradient = 0.0;
  if (slope == 0.0) { return gradient; }
  ${plan.columns.includes('dFeatureNorm') ? byNorm : ''}
  ${angles ? bySine : ''}
  return gradient;`,
      },
      shape: inputs.features!.shape as [number, number],
    });
  });
}

/** The gradient with respect to W, by way of ‖W_j‖ and of sin θ_y. */
export function gradientOfKernel(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs & {readonly dKernelNorms: TensorInfo},
): TensorInfo {
  const {kernel, kernelNorms, dKernelNorms} = inputs;
  if (!plan.columns.includes('dSine')) {
    return columnsOverNorms(programs, kernel!, kernelNorms!, dKernelNorms);
  }
  return withAngles(programs, plan, inputs, 'kernel', (angles, sizes, text) => {
    const tangents = programs.cells({
      inputs: {...inputs, angles},
      sizes,
      text,
      cell: {
        name: 'tangent',
        cells: ['features'],
        rows: ['featureNorms', 'upstream'],
        records: ['example', 'angle'],
        body: `
  float slope = slopeOf(example.classId, upstream);
  int y = int(max(example.classId, 0.0));
  if (slope == 0.0) { return 0.0; }
  return slope * example.dSine * tangentOf(features, getKernel(j, y), featureNorms, getKernelNorms(y), angle);`,
      },
      shape: inputs.features!.shape as [number, number],
    });
    const next = nextExamples(programs, inputs.state, sizes, text);
    const gradient = programs.cells({
      inputs: {kernel, kernelNorms, dKernelNorms, tangents, next},
      sizes,
      text: `
float nextOf(int place) {
  return 1024.0 * getNext(0, place) + getNext(1, place);
}
`,
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
    });
    programs.dispose(tangents);
    programs.dispose(next);
    return gradient;
  });
}

/** The columns over their norms, times a factor each if these are given; 0 where a norm is 0. */
export function columnsOverNorms(
  programs: Programs,
  matrix: TensorInfo,
  norms: TensorInfo,
  factors?: TensorInfo,
): TensorInfo {
  return programs.cells({
    inputs: {matrix, norms, factors},
    text: '',
    cell: {
      name: 'quotient',
      cells: ['matrix'],
      columns: ['norms', ...(factors ? ['factors'] : [])],
      body: `return divided(matrix, norms)${factors ? ' * factors' : ''};`,
    },
    shape: matrix.shape as [number, number],
  });
}

/**
 * The examples of each class as a list: the first of every class, and behind them, the next one of the same class for every example; −1
 * where there is none. In two digits, since numbers of half precision hold integers up to 2,048 only.
 */
function nextExamples(
  programs: Programs,
  state: TensorInfo,
  sizes: Readonly<Record<string, number>>,
  text: string,
): TensorInfo {
  return programs.cells({
    inputs: {state},
    sizes,
    text,
    cell: {
      name: 'digit',
      body: `
  int first = j - CLASSES + 1;
  float classId = float(j);
  if (first > 0) { classId = classIdOf(first - 1); }
  float next = -1.0;
  for (int i = 0; i < BATCH; i++) {
    if (next < 0.0 && i >= first && classIdOf(i) == classId) { next = float(i); }
  }
  float high = floor(next / 1024.0);
  return select(next - 1024.0 * high, high, row == 0);`,
    },
    shape: [2, sizes.CLASSES! + sizes.BATCH!],
  });
}

/** Runs with the angles of this side, if there is a gradient by way of them, and with the text that reads them and the records. */
function withAngles(
  programs: Programs,
  plan: Plan,
  inputs: BackwardInputs,
  base: Side,
  run: (angles: TensorInfo | undefined, sizes: Readonly<Record<string, number>>, text: string) => TensorInfo,
): TensorInfo {
  const slopes = slopesText(programs, plan);
  if (!plan.columns.includes('dSine')) return run(undefined, {}, slopes);
  const [batch, classes] = inputs.logits.shape as [number, number];
  const sizes = {BATCH: batch, CLASSES: classes};
  const text = `${slopes}
float classIdOf(int row) {
  Example example = exampleOf(row);
  return example.classId;
}
`;
  const angles = anglesOf(programs, inputs as Vectors, base, {inputs: {state: inputs.state}, sizes, text});
  const all = `${text}${programs.recordsText('angles', ANGLE)}${restText}${tangentText(base)}`;
  const result = run(angles, sizes, all);
  programs.dispose(angles);
  return result;
}
