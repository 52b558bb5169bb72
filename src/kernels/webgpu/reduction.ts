import type {TensorInfo} from '@tensorflow/tfjs-core';
import {launch, type Program, type WebGpuBackend, WORKGROUP} from './program.js';

/** A program that sums up vectors, each in one number or, the last axis of its result being that of the vectors, in some. */
export interface Reduction extends Omit<Program, 'invocations'> {
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

/** So many vectors occupy a graphics processor without sharing any among invocations. */
const MANY_VECTORS = 4096;

/**
 * A short vector is read by one invocation, a long one by a workgroup. Its invocations meet only once, and one of them does
 * the rest: renderers in software take long over a barrier.
 */
export function reduction(backend: WebGpuBackend, program: Reduction): TensorInfo {
  const vectors = program.shape.at(-1)!;
  const isShared = program.length > WORKGROUP && vectors < MANY_VECTORS;
  const lanes = isShared ? WORKGROUP : 1;
  return launch(backend, {
    ...program,
    invocations: vectors * lanes,
    text: `
const LANES : i32 = ${lanes};
fn vectors() -> i32 { return uniforms.outShape${program.shape.length > 1 ? '[1]' : ''}; }
${program.text}
${isShared ? byWorkgroup : byInvocation}`,
  });
}

const byInvocation = `
fn main(index : i32) {
  if (index < vectors()) { finish(index, partOf(index, 0)); }
}`;

const byWorkgroup = `
var<workgroup> parts : array<Part, LANES>;
fn main(index : i32) {
  let vector = index / LANES;
  let lane = index % LANES;
  if (vector < vectors()) { parts[lane] = partOf(vector, lane); }
  workgroupBarrier();
  if (vector < vectors() && lane == 0) {
    var whole = parts[0];
    for (var other = 1; other < LANES; other++) { whole = merged(whole, parts[other]); }
    finish(vector, whole);
  }
}`;
