import {Tensor, type Tensor1D, type Tensor2D} from '@tensorflow/tfjs-core';

/** Where logits came from: all that a margin loss needs beside the logits themselves. */
export interface Geometry {
  /** x, [batch, features]. */
  readonly features: Tensor2D;
  /** W, one column a class, [features, classes]. With `normalized`, the columns have norm 1. */
  readonly kernel: Tensor2D;
  /** b, [classes]. */
  readonly bias: Tensor1D | null;
  /** x·W before the bias is added, [batch, classes]; null without a bias, since the logits are that. */
  readonly product: Tensor2D | null;
  /** The number of training steps completed: the t of λ(t). */
  readonly step: number;
  /** Whether the columns of `kernel` were scaled to norm 1 before the product. */
  readonly normalized: boolean;
  /** Whether a loss that trains lengths has seen the logits: one that is but a metric beside it does not train alone. */
  areLengthsTrained: boolean;
  /** Called when a loss reads `step`: of a layer in training it makes the batch count as a step. */
  onStepRead?: () => void;
}

/** A registered symbol, so that two copies of this package in one program understand each other. */
const GEOMETRY = Symbol.for('tfjs-losses.geometry');

/** The geometry of logits, if they have one. */
export function geometryOf(logits: Tensor): Geometry | undefined {
  return (logits as {[GEOMETRY]?: Geometry})[GEOMETRY];
}

/** Attaches a geometry to this one tensor. Its tensors are disposed of exactly when the logits are. */
export function attachGeometry(logits: Tensor, geometry: Geometry): void {
  lendGeometry(logits, geometry);
  Object.defineProperty(logits, 'dispose', {
    value() {
      Tensor.prototype.dispose.call(logits);
      geometry.features.dispose();
      geometry.kernel.dispose();
      geometry.bias?.dispose();
      geometry.product?.dispose();
    },
  });
}

/** Attaches the geometry of logits to another tensor of the same numbers too, which must not outlive them. */
export function lendGeometry(logits: Tensor, geometry: Geometry): void {
  Object.defineProperty(logits, GEOMETRY, {value: geometry});
}
