import golden from '../fixtures/golden.json' with {type: 'json'};
import {evaluate, type LossSpec, type Problem} from '../reference/losses.js';
import {angleBetween, column, type Matrix, type Vector} from '../reference/vectors.js';
import {oneHot, roundToFloat32} from './problems.js';

/** One case of the fixture, see the README beside it. The gradients are those of the mean loss. */
export interface GoldenCase {
  readonly id: string;
  readonly spec: LossSpec;
  readonly problem: Problem;
  readonly losses: Vector;
  readonly features: Matrix;
  readonly kernel: Matrix;
  readonly scale: {readonly features: number; readonly kernel: number};
}

interface GoldenFile {
  readonly inputs: Record<string, {B: number; D: number; C: number; x: number[]; W: number[]; y: number[]}>;
  readonly cases: readonly {
    readonly id: string;
    readonly input: string;
    readonly loss: 'ce' | 'hinge' | 'lsoftmax' | 'asoftmax' | 'amsoftmax' | 'arcface';
    readonly params: {
      readonly delta?: number;
      readonly m?: number;
      readonly lambda?: number;
      readonly s?: number;
    };
    readonly per_sample: number[];
    readonly dx: number[];
    readonly dW: number[];
    readonly gscale_dx: number;
    readonly gscale_dW: number;
  }[];
}

export function loadGolden(): GoldenCase[] {
  const {inputs, cases} = golden as unknown as GoldenFile;
  return cases.map((golden) => {
    const {D, C, x, W, y} = inputs[golden.input]!;
    return withContinuation({
      id: golden.id,
      spec: specOf(golden),
      problem: roundToFloat32({features: rows(x, D), kernel: rows(W, C), labels: oneHot(y, C)}),
      losses: golden.per_sample,
      features: rows(golden.dx, D),
      kernel: rows(golden.dW, C),
      scale: {features: golden.gscale_dx, kernel: golden.gscale_dW},
    });
  });
}

/**
 * The case as this library defines it: beyond θ + m = π, where the fixture's ArcFace rises again, the numbers are those of the oracle.
 * The gradient with respect to the kernel is one number for all examples.
 */
function withContinuation(golden: GoldenCase): GoldenCase {
  const {spec, problem} = golden;
  if (spec.kind !== 'arcface') return golden;
  const isBeyond = problem.features.map((x, example) => {
    const y = problem.labels[example]!.indexOf(1);
    return angleBetween(x, column(problem.kernel, y)) + spec.margin > Math.PI;
  });
  if (!isBeyond.includes(true)) return golden;
  const oracle = evaluate(
    spec,
    problem,
    problem.labels.map(() => 1 / problem.labels.length),
  );
  return {
    ...golden,
    losses: golden.losses.map((loss, example) => (isBeyond[example] ? oracle.losses[example]! : loss)),
    features: golden.features.map((row, example) => (isBeyond[example] ? oracle.features[example]! : row)),
    kernel: oracle.kernel,
  };
}

function specOf({loss, params}: GoldenFile['cases'][number]): LossSpec {
  switch (loss) {
    case 'ce':
      return {kind: 'softmax', labelSmoothing: 0};
    case 'hinge':
      return {kind: 'hinge', margin: params.delta!};
    case 'amsoftmax':
    case 'arcface':
      return {kind: loss, margin: params.m!, scale: params.s!};
    default:
      return {kind: loss, m: params.m!, lambda: params.lambda!};
  }
}

function rows(flat: readonly number[], length: number): number[][] {
  return Array.from({length: flat.length / length}, (_, row) => flat.slice(row * length, (row + 1) * length));
}
