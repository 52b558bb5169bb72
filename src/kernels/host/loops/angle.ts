import type {TypedArray} from '@tensorflow/tfjs-core';
import {SMALLEST_SINE} from '../../../formula/plan.js';
import {inverse, rowNorm} from './norms.js';
import type {State} from './state.js';

/** Up to this cos²θ, sin θ is √(1 − cos²θ): what rounding takes of the cosine grows threefold in it at most. */
const LARGEST_SQUARED_COSINE = 0.9;

/** What angles are computed from. */
export interface AngleSources {
  /** W_j·x, or logits that are that. */
  readonly products: TypedArray;
  readonly features: TypedArray;
  readonly kernel: TypedArray;
}

/** The angles between the features of examples and the weights of classes. */
export class Angles {
  readonly #sources: AngleSources;
  readonly #state: State;
  readonly #classes: number;
  readonly #depth: number;
  readonly #columns = new Map<number, Float32Array>();

  constructor(sources: AngleSources, state: State) {
    this.#sources = sources;
    this.#state = state;
    this.#classes = state.kernelNorms.length;
    this.#depth = sources.features.length / state.classIds.length;
  }

  /** sin θ. Where x or W_y is 0 the angle counts as a right one. */
  sine(row: number, y: number): number {
    return this.#angle(row, y).sine;
  }

  /**
   * The gradient of sin θ with respect to x is −(cos θ/(‖x‖ sin θ))·(W/‖W‖ − cos θ·x/‖x‖), and that with respect to W the same with both
   * exchanged: `across` times the one and `alongX` or `alongW` times the other. Null where the angle is 0 or π, which has no direction
   * to grow in.
   */
  slopes(row: number, y: number) {
    const {cosine, sine, inverseX, inverseW} = this.#angle(row, y);
    if (sine === 0) return null;
    const along = (cosine * cosine) / sine;
    return {
      across: -(cosine / sine) * inverseX * inverseW,
      alongX: along * inverseX * inverseX,
      alongW: along * inverseW * inverseW,
    };
  }

  /** W_y, as a vector of its own. */
  weightsOf(y: number): Float32Array {
    let weights = this.#columns.get(y);
    if (!weights) {
      weights = new Float32Array(this.#depth);
      for (let d = 0; d < this.#depth; d++) weights[d] = this.#sources.kernel[d * this.#classes + y]!;
      this.#columns.set(y, weights);
    }
    return weights;
  }

  #angle(row: number, y: number) {
    const inverseX = inverse(this.#state.featureNorms[row]!);
    const inverseW = inverse(this.#state.kernelNorms[y]!);
    const cosine = this.#sources.products[row * this.#classes + y]! * inverseX * inverseW;
    const isFarFromParallel = cosine * cosine <= LARGEST_SQUARED_COSINE;
    return isFarFromParallel
      ? {cosine, sine: Math.sqrt(1 - cosine * cosine), inverseX, inverseW}
      : this.#measured(row, y);
  }

  /**
   * In doubles, the sine as the length of what remains of W/‖W‖ beside x: it keeps the digits of small angles, which √(1 − cos²θ)
   * loses.
   */
  #measured(row: number, y: number) {
    const {features} = this.#sources;
    const weights = this.weightsOf(y);
    const from = row * this.#depth;
    const inverseX = inverse(rowNorm(features, from, this.#depth));
    const inverseW = inverse(rowNorm(weights, 0, this.#depth));
    let product = 0;
    for (let d = 0; d < this.#depth; d++) product += features[from + d]! * weights[d]!;
    const cosine = product * inverseX * inverseW;
    const ofX = cosine * inverseX;
    let square = 0;
    for (let d = 0; d < this.#depth; d++) {
      const rest = inverseW * weights[d]! - ofX * features[from + d]!;
      square += rest * rest;
    }
    const sine = Math.sqrt(square);
    return {cosine, sine: sine < SMALLEST_SINE ? 0 : sine, inverseX, inverseW};
  }
}
