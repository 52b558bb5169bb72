import * as tf from '@tensorflow/tfjs';
import {amsoftmax, arcface, asoftmax, type Loss, marginLogits, normalizedSoftmax} from '../../src/index.js';
import {angleAxis, type Curve, type Label, type Panel, steps} from './style.js';

// Beside 0 and π themselves, where the angle has no derivative with respect to x.
const angles = steps(1e-4, Math.PI - 1e-4, 240);

const losses = {
  none: normalizedSoftmax({scale: 1}),
  additive: amsoftmax({margin: 0.35, scale: 1}),
  angular: arcface({margin: 0.5, scale: 1}),
  multiplied: asoftmax({m: 2, lambda: 0}),
};

/** The true class's logit against its angle, and its derivative, for features and weights of norm 1 and s = 1. */
export function targetPanels(): Panel[] {
  return [
    {
      title: 'The true class’s logit',
      subtitle: '‖x‖ = ‖W_y‖ = 1, s = 1, λ = 0',
      x: angleAxis('θ_y'),
      y: {title: 'f_y', domain: [-3, 1], values: [1, 0, -1, -2, -3]},
      curves: [
        curve('cos θ', losses.none, targetOf, {x: Math.PI, dx: 7, dy: -8}),
        curve('AM-Softmax', losses.additive, targetOf, {x: Math.PI, dx: 7, dy: 8}),
        curve('ArcFace', losses.angular, targetOf, {x: Math.PI, dx: 7, dy: 2}),
        curve('A-Softmax, m = 2', losses.multiplied, targetOf, {x: 2.15, dx: -10, dy: 8, align: 'right'}),
      ],
    },
    {
      title: 'Its derivative',
      subtitle: 'with respect to the angle',
      x: angleAxis('θ_y'),
      y: {title: '∂f_y/∂θ_y', domain: [-2, 0], values: [0, -0.5, -1, -1.5, -2]},
      curves: [
        curve('cos θ', losses.none, slopeOf, {x: 1.42, dx: 0, dy: 16}),
        curve('AM-Softmax', losses.additive, slopeOf, {x: 2.3, dx: 6, dy: 14}, [5, 6]),
        curve('ArcFace', losses.angular, slopeOf, {x: 2.45, dx: -10, dy: -4, align: 'right'}),
        curve('A-Softmax, m = 2', losses.multiplied, slopeOf, {x: 1.0, dx: 6, dy: 12}),
      ],
    },
  ];
}

function curve(
  name: string,
  loss: Loss,
  quantity: (loss: Loss) => Float32Array,
  label: Label,
  dash?: Curve['dash'],
): Curve {
  const values = quantity(loss);
  return {name, points: angles.map((x, i) => ({x, y: values[i]!})), label, ...(dash && {dash})};
}

/** Class 0 is the true one. Features turn away from its weights, at right angles to those of class 1, whose logit is 0 throughout. */
function targetAt(loss: Loss, features: tf.Tensor2D): tf.Tensor1D {
  const labels = tf.fill([angles.length], 0, 'int32');
  const kernel = tf.tensor2d([
    [1, 0],
    [0, 0],
    [0, 1],
  ]);
  // L = log(1 + e^−f)
  return tf.neg(tf.log(tf.expm1(loss(labels, marginLogits(features, kernel)))));
}

const featuresAt = () => tf.tensor2d(angles.map((angle) => [Math.cos(angle), Math.sin(angle), 0]));

function targetOf(loss: Loss): Float32Array {
  return tf.tidy(() => targetAt(loss, featuresAt()).dataSync() as Float32Array);
}

/** ∂f/∂θ = ∂f/∂x · ∂x/∂θ. */
function slopeOf(loss: Loss): Float32Array {
  return tf.tidy(() => {
    const gradient = tf.grad((features) => targetAt(loss, features as tf.Tensor2D))(featuresAt());
    const turning = tf.tensor2d(angles.map((angle) => [-Math.sin(angle), Math.cos(angle), 0]));
    return tf.sum(tf.mul(gradient, turning), 1).dataSync() as Float32Array;
  });
}
