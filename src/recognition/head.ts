import {add, matMul, type Tensor, type Tensor1D, type Tensor2D, tensor2d, tidy} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import {asCosines, type Features, unitColumns, unitRows} from './matrix.js';
import {largestTwo, type Ranking} from './ranking.js';
import type {HeadScore} from './scores.js';

/**
 * The last layer of a classifier, x·W + b. Its weights are read afresh at every call; if the model trains on, a recognizer has
 * to be calibrated again, and its classes enrolled again.
 */
export class Head {
  readonly #layer: layers.Layer;
  readonly #normalizeKernel: boolean;
  /** The number of classes. */
  readonly units: number;
  /** The number of features. */
  readonly width: number;

  constructor(layer: layers.Layer) {
    const {units, normalizeKernel} = layer.getConfig();
    this.#layer = layer;
    this.#normalizeKernel = normalizeKernel === true;
    this.units = Number(units);
    this.width = layer.getWeights()[0]!.shape[0]!;
  }

  /** Ranks the classes, which `labels` names, for every example. */
  async rank(features: Features, score: HeadScore, labels: readonly string[]): Promise<Ranking[]> {
    const values = await this.#valuesOf(features, score === 'cosine');
    return Array.from({length: features.count}, (_, i) => {
      const row = values.subarray(i * this.units, (i + 1) * this.units);
      const best = largestTwo(row.length, (j) => row[j]!);
      return best.flatMap((place, rank) =>
        place < 0 ? [] : {label: labels[place]!, score: scoreOf(score, row, best, rank)},
      );
    });
  }

  /** Tells heads of other sizes from this one. */
  get size(): string {
    return `${this.width}x${this.units}-`;
  }

  /** Tells other weights from these, too. */
  async fingerprint(): Promise<string> {
    const weights = await Promise.all(this.#layer.getWeights().map((weight) => weight.data()));
    let hash = 0x811c9dc5; // FNV-1a, over the bits of the numbers
    for (const values of weights) {
      for (const bits of new Uint32Array(Float32Array.from(values).buffer)) {
        hash = Math.imul(hash ^ bits, 0x01000193);
        hash ^= hash >>> 15;
      }
    }
    return this.size + (hash >>> 0).toString(16);
  }

  /** Logits or cosines, row by row. */
  async #valuesOf(features: Features, areCosines: boolean): Promise<Float32Array> {
    const result = tidy(() => {
      const [kernel, bias] = this.#layer.getWeights() as [Tensor2D, Tensor1D?];
      const {values, count, width} = areCosines ? unitRows(features) : features;
      const x = tensor2d(values, [count, width]);
      if (areCosines) return asCosines(matMul(x, unitColumns(kernel)));
      const product: Tensor = matMul(x, this.#normalizeKernel ? unitColumns(kernel) : kernel);
      return bias === undefined ? product : add(product, bias);
    });
    try {
      return (await result.data()) as Float32Array;
    } finally {
      result.dispose();
    }
  }
}

/** The score of the class in first or second place, from all logits or cosines of the example. */
function scoreOf(
  score: HeadScore,
  row: Float32Array,
  best: readonly [first: number, second: number],
  rank: number,
): number {
  const value = row[best[rank]!]!;
  switch (score) {
    case 'probability':
      return Math.exp(value - logSumExp(row, row[best[0]]!));
    case 'energy':
      return logSumExp(rank === 0 ? row : row.filter((_, j) => j !== best[0]), value);
    default:
      return value;
  }
}

function logSumExp(values: Float32Array, largest: number): number {
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
