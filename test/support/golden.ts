import golden from '../fixtures/golden.json' with {type: 'json'};
import type {LossSpec, Problem} from '../reference/losses.js';
import type {Matrix, Vector} from '../reference/vectors.js';
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
    readonly loss: 'ce' | 'hinge' | 'lsoftmax' | 'asoftmax';
    readonly params: {readonly delta?: number; readonly m?: number; readonly lambda?: number};
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
    return {
      id: golden.id,
      spec: specOf(golden),
      problem: roundToFloat32({features: rows(x, D), kernel: rows(W, C), labels: oneHot(y, C)}),
      losses: golden.per_sample,
      features: rows(golden.dx, D),
      kernel: rows(golden.dW, C),
      scale: {features: golden.gscale_dx, kernel: golden.gscale_dW},
    };
  });
}

function specOf({loss, params}: GoldenFile['cases'][number]): LossSpec {
  switch (loss) {
    case 'ce':
      return {kind: 'softmax', labelSmoothing: 0};
    case 'hinge':
      return {kind: 'hinge', margin: params.delta!};
    default:
      return {kind: loss, m: params.m!, lambda: params.lambda!};
  }
}

function rows(flat: readonly number[], length: number): number[][] {
  return Array.from({length: flat.length / length}, (_, row) => flat.slice(row * length, (row + 1) * length));
}
