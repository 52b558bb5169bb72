import {
  add,
  keep,
  matMul,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import {checkBoolean, checkNumber, checkOptions, describe, tensorRemedy} from '../checks/checks.js';
import {alias, analytic, reshaped, sameData} from '../tensors/analytic.js';
import {type BackendKind, backendKind} from '../tensors/backendKind.js';
import {attachGeometry} from './geometry.js';
import {unitColumns} from './unitColumns.js';

/** The options of {@link marginLogits}. */
export interface MarginLogitsOptions {
  /** The bias, added to the logits, [classes]. @defaultValue none */
  readonly bias?: Tensor | undefined;
  /** Scale every $`W_j`$ to norm 1, so that the logits are $`‖x‖ \cos θ_j + b_j`$. @defaultValue false */
  readonly normalizeKernel?: boolean | undefined;
  /** The number of training steps completed, an integer ≥ 0: λ schedules read it. @defaultValue 0 */
  readonly step?: number | undefined;
}

/**
 * Logits with their geometry: features and weights of the last layer are attached, from which losses read norms and angles.
 * `marginDense` calls it; call it yourself in a training loop without layers. Value and gradients are those of an ordinary dense
 * layer.
 *
 * ```math
 * z_j = W_j·x + b_j, \quad \text{or with normalizeKernel} \quad z_j = \frac{W_j}{‖W_j‖}·x + b_j = ‖x‖ \cos θ_j + b_j
 * ```
 *
 * The geometry lives exactly as long as the logits: it is released when they are disposed of. It is not carried over to
 * a tensor computed from them (a `reshape`, `clone` or activation).
 *
 * @param features - x, the output of the last hidden layer, float32, [batch, features]; or of a higher rank, such as
 * [batch, time, features], as a dense layer takes them.
 * @param kernel - W, one column a class, float32, shape [features, classes].
 * @returns Logits, [batch, classes], or in the place of the features' last axis the classes.
 * @throws TypeError if an argument is not a float32 tensor or an option is unknown; RangeError if shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {lsoftmax, marginLogits} from 'tfjs-losses';
 *
 * const features = tf.randomNormal([8, 16]);
 * const kernel = tf.variable(tf.randomNormal([16, 3]));
 * const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32');
 * const loss = lsoftmax({m: 2});
 * const optimizer = tf.train.sgd(0.1);
 * for (let step = 0; step < 10; step++) {
 *   optimizer.minimize(() => tf.mean(loss(labels, marginLogits(features, kernel, {step}))));
 * }
 * ```
 */
export function marginLogits<T extends Tensor>(
  features: T,
  kernel: Tensor,
  options: MarginLogitsOptions = {},
): T {
  checkOptions('marginLogits', options, ['bias', 'normalizeKernel', 'step']);
  const {bias, normalizeKernel = false, step = 0} = options;
  checkArguments(features, kernel, bias);
  const [w, b] = [kernel as Tensor2D, bias as Tensor1D | undefined];
  const inputs = w.shape[0];
  checkBoolean('marginLogits', 'normalizeKernel', normalizeKernel);
  checkNumber('marginLogits', 'step', step, {atLeast: 0, integer: true});

  return tidy(() => {
    const x = (features.rank === 2 ? features : reshaped(features, [-1, inputs])) as Tensor2D;
    const columns = normalizeKernel ? unitColumns(w) : w;
    const product = matrixProduct(x, columns);
    const rows = b ? withBias(product, b) : product;
    const logits = features.rank === 2 ? rows : reshaped(rows, [...features.shape.slice(0, -1), w.shape[1]]);
    attachGeometry(logits, {
      features: keep(alias(x)),
      kernel: keep(alias(columns)),
      bias: b ? keep(alias(b)) : null,
      product: b ? keep(alias(product)) : null,
      step,
      normalized: normalizeKernel,
      areLengthsTrained: false,
    });
    return logits as T;
  });
}

function checkArguments(features: Tensor, kernel: Tensor, bias: Tensor | undefined): void {
  const expected = {features: '[batch, …, features]', kernel: '[features, classes]', bias: '[classes]'};
  const given = bias === undefined ? {features, kernel} : {features, kernel, bias};
  for (const [name, tensor] of Object.entries(given)) {
    const shape = expected[name as keyof typeof expected];
    if (!(tensor instanceof Tensor)) {
      throw new TypeError(
        `marginLogits: ${name} must be a tensor of shape ${shape}, got ${describe(tensor)}${tensorRemedy(tensor)}`,
      );
    }
    if (tensor.dtype !== 'float32') {
      throw new TypeError(
        `marginLogits: ${name} must be float32, got ${tensor.dtype}; convert it with tf.cast(${name}, 'float32')`,
      );
    }
    const rank = name === 'bias' ? 1 : 2;
    if (tensor.rank < rank || (tensor.rank > rank && name !== 'features')) {
      const remedy =
        name === 'features' ? '; one example is a batch of one: tf.reshape(features, [1, -1])' : '';
      throw new RangeError(`marginLogits: ${name} must have shape ${shape}, got [${tensor.shape}]${remedy}`);
    }
  }
  if (features.shape.at(-1) !== kernel.shape[0]) {
    throw new RangeError(
      `marginLogits: features [batch, …, features] and kernel [features, classes] must agree in the number of features, ` +
        `got [${features.shape}] and [${kernel.shape}]`,
    );
  }
  if (bias !== undefined && bias.shape[0] !== kernel.shape[1]) {
    throw new RangeError(
      `marginLogits: bias must have one element a class, [${kernel.shape[1]}] for this kernel, got [${bias.shape}]`,
    );
  }
}

function matrixProduct(features: Tensor2D, kernel: Tensor2D): Tensor2D {
  return analytic([features, kernel], () => ({
    value: matMul(features, kernel) as Tensor2D,
    saved: [features, kernel],
    gradients: (upstream, saved) => {
      const [x, w] = saved as [Tensor2D, Tensor2D];
      // In plain loops the product of transposed arguments is slower, on wasm several times; on graphics processors it saves two programs.
      return TRANSPOSES_FIRST.has(backendKind())
        ? [matMul(upstream, transpose(w)), transposedProduct(x, upstream)]
        : [matMul(upstream, w, false, true), matMul(x, upstream, true, false)];
    },
  }));
}

/** aᵀ·b, or (bᵀ·a)ᵀ, whichever transposes fewer numbers: these take as long as the product where one side of that is short. */
function transposedProduct(a: Tensor2D, b: Tensor2D): Tensor2D {
  // Of an empty batch, tfjs's wasm would leave what lay in memory before.
  if (a.shape[0] === 0) return zeros([a.shape[1], b.shape[1]]);
  const resultSize = a.shape[1] * b.shape[1];
  return b.size + resultSize < a.size
    ? transpose(matMul<Tensor2D>(transpose(b), a))
    : matMul(transpose(a), b);
}

const TRANSPOSES_FIRST: ReadonlySet<BackendKind | null> = new Set(['cpu', 'wasm']);

function withBias(product: Tensor2D, bias: Tensor1D): Tensor2D {
  return analytic([product, bias], () => ({
    value: add<Tensor2D>(product, bias),
    saved: [],
    gradients: (upstream) => [sameData(upstream), sum(upstream, 0)],
  }));
}
