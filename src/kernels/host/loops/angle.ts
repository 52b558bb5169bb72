import type {TypedArray} from '@tensorflow/tfjs-core';
import {SMALLEST_SINE} from '../../../formula/plan.js';
import {inverse, normOf, rowNorm} from './norms.js';

/**
 * sin θ of the angle between the features of each example and the weights of its class: the length of what remains of one unit
 * vector beside the other, ‖W/‖W‖ − cos θ·x/‖x‖‖. In doubles it keeps the digits of small angles, which √(1 − cos²θ) loses. Where
 * x or W_y is 0 the angle counts as a right one.
 */
export function measureSines(
  features: TypedArray,
  kernel: TypedArray,
  classIds: TypedArray,
  classes: number,
  sines: Float64Array,
): void {
  const tangent = new Tangent(features, kernel, classIds.length, classes);
  for (let i = 0; i < classIds.length; i++) {
    const y = classIds[i]! | 0;
    sines[i] = y >= 0 ? tangent.measure(i, y) : 0;
  }
}

/** The direction in which the angle of one example grows fastest. */
export class Tangent {
  readonly #features: TypedArray;
  readonly #kernel: TypedArray;
  readonly #classes: number;
  readonly #depth: number;
  /** What remains of W/‖W‖ beside x, or of x/‖x‖ beside W. */
  readonly #rest: Float64Array;

  constructor(features: TypedArray, kernel: TypedArray, batch: number, classes: number) {
    this.#features = features;
    this.#kernel = kernel;
    this.#classes = classes;
    this.#depth = features.length / batch;
    this.#rest = new Float64Array(this.#depth);
  }

  /** sin θ. */
  measure(row: number, y: number): number {
    const {cosine, inverseX, inverseW} = this.#lengths(row, y);
    if (inverseX === 0 || inverseW === 0) return 1;
    return this.#fillRest(row, y, inverseW, cosine * inverseX);
  }

  /** Adds slope·∂ sin θ/∂x to a row of `result`; where the angle is 0 or π there is no direction, and nothing is added. */
  addByFeatures(row: number, y: number, slope: number, result: TypedArray): void {
    const {cosine, inverseX, inverseW} = this.#lengths(row, y);
    const sine = this.#fillRest(row, y, inverseW, cosine * inverseX);
    const factor = -slope * cosine * inverseX * inverse(sine);
    const from = row * this.#depth;
    if (factor !== 0) for (let d = 0; d < this.#depth; d++) result[from + d]! += factor * this.#rest[d]!;
  }

  /** Adds slope·∂ sin θ/∂W_y to a column of `result` in the same way. */
  addByKernel(row: number, y: number, slope: number, result: TypedArray): void {
    const {cosine, inverseX, inverseW} = this.#lengths(row, y);
    const sine = this.#fillRest(row, y, -cosine * inverseW, -inverseX);
    const factor = -slope * cosine * inverseW * inverse(sine);
    if (factor !== 0) {
      for (let d = 0; d < this.#depth; d++) result[d * this.#classes + y]! += factor * this.#rest[d]!;
    }
  }

  #lengths(row: number, y: number) {
    const from = row * this.#depth;
    let [product, square] = [0, 0];
    for (let d = 0; d < this.#depth; d++) {
      const weight = this.#kernel[d * this.#classes + y]!;
      product += this.#features[from + d]! * weight;
      square += weight * weight;
    }
    const inverseX = inverse(rowNorm(this.#features, from, this.#depth));
    const inverseW = inverse(normOf(square));
    return {cosine: product * inverseX * inverseW, inverseX, inverseW};
  }

  /** ofW·W_y − ofX·x, and its length, which is sin θ. */
  #fillRest(row: number, y: number, ofW: number, ofX: number): number {
    const from = row * this.#depth;
    let square = 0;
    for (let d = 0; d < this.#depth; d++) {
      const rest = ofW * this.#kernel[d * this.#classes + y]! - ofX * this.#features[from + d]!;
      this.#rest[d] = rest;
      square += rest * rest;
    }
    const sine = Math.sqrt(square);
    return sine < SMALLEST_SINE ? 0 : sine;
  }
}
