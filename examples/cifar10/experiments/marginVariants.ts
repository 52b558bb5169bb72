import * as tf from '@tensorflow/tfjs';
import {type LambdaSchedule, Loss, type LossConfig, type LossInputs} from 'tfjs-losses';
import type {LossVocabulary} from '../lossExpression.js';

/**
 * Readings of the paper's margin, each with another function φ(θ) in the place of ψ(θ) = (−1)^k cos(mθ) − 2k. They exist
 * to find out why the paper's rows of m = 3 fall behind; nobody should train with them.
 */
export const marginFunctions = {
  /** ψ itself, to hold the others against. */
  psi: (cosine: tf.Tensor1D, m: number) =>
    tf.sub<tf.Tensor1D>(tf.mul(sign(cosine, m), chebyshev(cosine, m)), tf.mul(piece(cosine, m), 2)),
  /** cos(mθ) as the paper's figure 5 prints it. */
  cosine: chebyshev,
  /** cos(mθ) − 2k: ψ with the sign left out. */
  unsigned: (cosine: tf.Tensor1D, m: number) =>
    tf.sub<tf.Tensor1D>(chebyshev(cosine, m), tf.mul(piece(cosine, m), 2)),
  /** (−1)^k cos(mθ): ψ with the −2k left out. */
  unstepped: (cosine: tf.Tensor1D, m: number) => tf.mul<tf.Tensor1D>(sign(cosine, m), chebyshev(cosine, m)),
} as const;

export type MarginFunction = keyof typeof marginFunctions;

/** cos(mθ) as a polynomial of cos θ. */
function chebyshev(cosine: tf.Tensor1D, m: number): tf.Tensor1D {
  let [t, tNext] = [tf.onesLike(cosine), cosine];
  for (let i = 1; i < m; i++) [t, tNext] = [tNext, tf.sub(tf.mul(tf.mul(cosine, 2), tNext), t)];
  return tNext;
}

/** Whether θ lies beyond iπ/m, as 0 or 1, for i = 1 … m − 1. The gradient of a step is 0. */
function stepsBeyond(cosine: tf.Tensor1D, m: number): tf.Tensor1D[] {
  return Array.from({length: m - 1}, (_, i) =>
    tf.step(tf.sub<tf.Tensor1D>(Math.cos(((i + 1) * Math.PI) / m), cosine)),
  );
}

/** k: the piece of [0, π] that θ lies in. */
function piece(cosine: tf.Tensor1D, m: number): tf.Tensor1D {
  return tf.addN([tf.zerosLike(cosine), ...stepsBeyond(cosine, m)]);
}

/** (−1)^k. */
function sign(cosine: tf.Tensor1D, m: number): tf.Tensor1D {
  return stepsBeyond(cosine, m).reduce<tf.Tensor1D>(
    (product, step) => tf.mul(product, tf.sub(1, tf.mul(step, 2))),
    tf.onesLike(cosine),
  );
}

interface Geometry {
  readonly features: tf.Tensor2D;
  readonly kernel: tf.Tensor2D;
  readonly step: number;
}

interface MarginVariantOptions {
  readonly m?: number;
  readonly lambda?: number | LambdaSchedule;
}

/** L-Softmax or A-Softmax with a φ of its own, in plain tfjs ops; for layers without a bias. */
export class MarginVariant extends Loss {
  readonly #family: 'lsoftmax' | 'asoftmax';
  readonly #phi: MarginFunction;
  readonly m: number;
  readonly lambda: number | LambdaSchedule;

  constructor(
    family: 'lsoftmax' | 'asoftmax',
    phi: MarginFunction,
    {m = 4, lambda = 0}: MarginVariantOptions,
  ) {
    super(`${family}_${phi}`);
    this.#family = family;
    this.#phi = phi;
    this.m = m;
    this.lambda = lambda;
  }

  override get trainsAnglesOnly(): boolean {
    return this.#family === 'asoftmax';
  }

  compute({logits, oneHot}: LossInputs): tf.Tensor1D {
    const {features, kernel, step} = (logits as unknown as Record<symbol, Geometry>)[
      Symbol.for('tfjs-losses.geometry')
    ]!;
    const lambda = typeof this.lambda === 'number' ? this.lambda : this.lambda(step);
    const featureNorm = norm(features, 1);
    const kernelNorm = norm(kernel, 0);
    const scores = this.#family === 'asoftmax' ? tf.div(logits, kernelNorm) : logits;
    const atTrueClass = (values: tf.Tensor) => tf.sum<tf.Tensor1D>(tf.mul(oneHot, values), 1);
    const length =
      this.#family === 'asoftmax' ? featureNorm : tf.mul<tf.Tensor1D>(featureNorm, atTrueClass(kernelNorm));
    const cosine = tf.clipByValue(tf.div(atTrueClass(scores), length), -1, 1) as tf.Tensor1D;
    const phi = marginFunctions[this.#phi](cosine, this.m);
    const target = tf.div<tf.Tensor1D>(tf.mul(length, tf.add(tf.mul(cosine, lambda), phi)), 1 + lambda);
    const replaced = tf.add(tf.mul(tf.sub(1, oneHot), scores), tf.mul(oneHot, tf.expandDims(target, 1)));
    return tf.sub(tf.logSumExp(replaced, 1), target);
  }

  getConfig(): LossConfig {
    return {name: this.name, m: this.m};
  }
}

/** Never 0, so that its gradient is finite everywhere. */
function norm(matrix: tf.Tensor2D, axis: number): tf.Tensor1D {
  return tf.sqrt(tf.add<tf.Tensor1D>(tf.sum(tf.square(matrix), axis), 1e-12));
}

/** The variants as an expression names them: `lsoftmax_cosine(m=3)`. */
export const variantLosses: LossVocabulary = Object.fromEntries(
  (['lsoftmax', 'asoftmax'] as const).flatMap((family) =>
    (Object.keys(marginFunctions) as MarginFunction[]).map((phi) => [
      `${family}_${phi}`,
      {
        options: ['m', 'lambda'],
        create: (options: Record<string, number | LambdaSchedule>) => new MarginVariant(family, phi, options),
      },
    ]),
  ),
);
