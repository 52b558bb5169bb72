import {type Tensor, type Tensor1D, type Tensor2D, tidy} from '@tensorflow/tfjs-core';
import {describe} from '../checks/checks.js';
import {hasInstance} from '../checks/instances.js';
import {reshaped} from '../tensors/analytic.js';
import {withZeroGradient} from '../tensors/zeroGradient.js';
import {BatchInputs, type LossInputs} from './inputs.js';
import {computeChecked, knowsParts} from './parts.js';

/** A value that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | {readonly [key: string]: JsonValue};

/** A loss as JSON: its name and its options. `lossFromConfig` makes the loss again. */
export interface LossConfig {
  /** The name of the loss, such as `'lsoftmax'`. */
  readonly name: string;
  readonly [option: string]: JsonValue;
}

export interface Loss extends CallableFunction {
  /**
   * The loss of each example.
   *
   * An example without a label, which is the class id −1 or a row of zeros, has the loss 0 and no gradient. Any other label that
   * names no class makes the loss of its example NaN; it has no gradient either.
   *
   * tfjs averages losses over all examples, `fit` and `evaluate` too, those without a label included. The mean over labelled
   * examples, in a loop of your own, is `tf.div(tf.sum(losses), tf.sum(isLabelled))`.
   *
   * @param labels - One-hot rows of the shape of the logits; or class ids of that shape without its last axis, or with a last axis of
   * length 1. Float32 or int32. Labels are not differentiable: their gradient is zeros.
   * @param output - Logits, float32, [batch, classes], or of a higher rank, such as [batch, time, classes].
   * @returns The shape of the logits without the last axis: [batch].
   * @throws TypeError if labels or output are no tensors or of the wrong dtype, RangeError if their shapes do not fit.
   */
  (labels: Tensor, output: Tensor2D): Tensor1D;
  (labels: Tensor, output: Tensor): Tensor;
}

/**
 * The base class of every loss. An instance is a function `(labels, output) => Tensor1D` of the loss per example, so it
 * goes straight into `model.compile({loss})`, into `metrics`, into a custom training loop and into `combined`.
 *
 * Extend it to write a term of your own: pass a name to `super`, and implement `compute` and `getConfig`.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {Loss, type LossInputs} from 'tfjs-losses';
 *
 * // Squared error of the probabilities, also known as the Brier score: Σ_j (p_j − y_j)².
 * class BrierLoss extends Loss {
 *   constructor() {
 *     super('brier');
 *   }
 *   compute({oneHot, logits}: LossInputs): tf.Tensor1D {
 *     return tf.sum(tf.square(tf.sub(tf.softmax(logits), oneHot)), 1);
 *   }
 *   getConfig() {
 *     return {name: this.name};
 *   }
 * }
 * const brier = new BrierLoss();
 * brier(tf.tensor1d([0], 'int32'), tf.tensor2d([[2, 0, 0]])).print(); // [0.0681]
 * ```
 */
export abstract class Loss {
  /** @internal */
  static readonly sharedName: string = 'tfjs-losses/Loss';

  /** Also true for a loss of another copy of this package. */
  static readonly [Symbol.hasInstance]: (value: unknown) => boolean = hasInstance;

  /**
   * A loss of this name.
   *
   * @param name - Short and readable, such as `'focal'`: the label of the loss among a model's metrics.
   * @throws TypeError if it is not a string with something in it.
   */
  constructor(name: string) {
    if (typeof name !== 'string' || name === '') {
      throw new TypeError(
        `Loss: the name must be a string such as 'focal', got ${describe(name)}; pass it to super()`,
      );
    }
    // Callable without `extends Function`, which would be eval, which content-security policies forbid.
    const loss = ((labels: Tensor, output: Tensor) => evaluate(loss, labels, output)) as Loss;
    Object.setPrototypeOf(loss, new.target.prototype);
    // Not enumerable, like every property of a loss: tfjs-layers cannot save a model whose loss has others.
    Object.defineProperty(loss, 'name', {value: name});
    return loss;
  }

  /**
   * The loss of each example, shape [batch]. Called by the loss itself and by a combination that has it as a term,
   * inside of `tf.tidy`. A gradient flows through whatever ops it uses, if tfjs has a gradient for them.
   */
  abstract compute(inputs: LossInputs): Tensor;

  /** The loss as JSON: its `name` and its options. */
  abstract getConfig(): LossConfig;

  /**
   * Whether the loss trains the directions of the weights only, not their lengths, as `asoftmax` does. Where no term of a
   * combination trains lengths, a model without `normalizeKernel` gets a warning. Override it only for such a loss.
   */
  get trainsAnglesOnly(): boolean {
    return false;
  }

  /** The formula with its parameters, such as `hinge(Δ=1)`; the name alone unless a subclass says more. */
  toString(): string {
    return this.name;
  }
}

// A loss is a function, so it has call, apply and bind.
Object.setPrototypeOf(Loss.prototype, Function.prototype);

/** Whether `value` is a loss, judged by what it does, so that a loss of a second copy of this package counts. */
export function isLoss(value: unknown): value is Loss {
  return typeof value === 'function' && 'compute' in value && typeof value.compute === 'function';
}

function evaluate(loss: Loss, labels: Tensor, output: Tensor): Tensor {
  return tidy(() => {
    const inputs = new BatchInputs(loss.name, labels, output);
    if (inputs.geometry && !loss.trainsAnglesOnly) inputs.geometry.areLengthsTrained = true;
    try {
      const perExample = knowsParts(loss)
        ? computeChecked(loss, inputs)
        : withZeroGradient(inputs.withoutUnlabelled(computeChecked(loss, inputs)), labels);
      return output.rank === 2 ? perExample : reshaped(perExample, output.shape.slice(0, -1));
    } finally {
      inputs.dispose();
    }
  });
}
