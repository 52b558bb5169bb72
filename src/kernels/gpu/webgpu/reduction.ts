import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type Program, type WebGpuBackend, WORKGROUP} from './program.js';

/** A program that sums up vectors, each in one number or, the last axis of its result being that of the vectors, in some. */
export interface Reduction extends Omit<Program, 'invocations'> {
  /** Whether the vectors are the columns (0) or the rows (1) of a matrix. */
  readonly axis: 0 | 1;
  /** Of a vector. */
  readonly length: number;
  /**
   * WGSL:
   *
   * - `struct Part`: what is known of a part of a vector;
   * - `partOf(vector : i32, first : i32) -> Part`: of every LANES-th number of the vector, from the first on;
   * - `merged(a : Part, b : Part) -> Part`: of two parts together;
   * - `finish(vector : i32, whole : Part)`, which writes to `result`.
   */
  readonly text: string;
}

/** So many columns occupy a graphics processor, and it reads them side by side, as they lie in memory. */
const MANY_COLUMNS = 512;

/**
 * A short vector is read by one invocation, a longer one by several of a workgroup. They meet only once, and one of them does
 * the rest: renderers in software take long over a barrier.
 */
export function reduction(backend: WebGpuBackend, program: Reduction): TensorInfo {
  const vectors = program.shape.at(-1)!;
  const lanes = lanesFor(program.axis, program.length, vectors);
  return launch(backend, {
    ...program,
    invocations: vectors * lanes,
    text: `
const LANES : i32 = ${lanes};
fn vectors() -> i32 { return uniforms.outShape${program.shape.length > 1 ? '[1]' : ''}; }
${program.text}
${lanes > 1 ? byGroup : byInvocation}`,
  });
}

/** How many invocations share a vector: few values, for each is a program of its own. */
function lanesFor(axis: 0 | 1, length: number, vectors: number): number {
  if (length <= 64 || (axis === 0 && vectors >= MANY_COLUMNS)) return 1;
  return length <= 1024 ? 16 : WORKGROUP;
}

const byInvocation = `
fn main(index : i32) {
  if (index < vectors()) { finish(index, partOf(index, 0)); }
}`;

const byGroup = `
var<workgroup> parts : array<Part, ${WORKGROUP}>;
fn main(index : i32) {
  let vector = index / LANES;
  let lane = index % LANES;
  let place = index % ${WORKGROUP};
  if (vector < vectors()) { parts[place] = partOf(vector, lane); }
  workgroupBarrier();
  if (vector < vectors() && lane == 0) {
    var whole = parts[place];
    for (var other = place + 1; other < place + LANES; other++) { whole = merged(whole, parts[other]); }
    finish(vector, whole);
  }
}`;
