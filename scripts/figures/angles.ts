import * as tf from '@tensorflow/tfjs';
import {hinge, type Loss, lsoftmax, marginLogits, softmax} from '../../src/index.js';
import {type Axis, type Curve, type Label, type Panel, steps} from './style.js';

const LENGTH = 8;
const angles = steps(0, Math.PI / 2, 240);
const angle: Axis = {
  title: 'θ_y, the angle to the true class’s weights',
  domain: [0, Math.PI / 2],
  values: [0, Math.PI / 8, Math.PI / 4, (3 * Math.PI) / 8, Math.PI / 2],
  labels: '["0", "π/8", "π/4", "3π/8", "π/2"][round(datum.value / PI * 8)]',
};

const margin = (m: number) => lsoftmax({m, lambda: 0});

/** Losses against the angle to the true class's weights, and their derivatives with respect to it. */
export function anglePanels(): Panel[] {
  return [
    {
      title: 'Loss',
      subtitle: '2 classes, orthogonal weights, ‖W‖ = 1, ‖x‖ = 8, λ = 0',
      x: angle,
      y: {title: 'L', domain: [0, 24]},
      curves: [
        curve('softmax', softmax(), lossOf, {x: 1.28, dx: 10, dy: 12}),
        curve('hinge', hinge(), lossOf, {x: 1.28, dx: -8, dy: -6, align: 'right'}, [6, 3]),
        curve('m = 2', margin(2), lossOf, {x: 1.05, dx: -9, dy: 0, align: 'right'}),
        curve('m = 3', margin(3), lossOf, {x: 1.3, dx: -9, dy: -4, align: 'right'}),
        curve('m = 4', margin(4), lossOf, {x: 1.08, dx: -10, dy: 0, align: 'right'}),
      ],
    },
    {
      title: 'Derivative',
      subtitle: 'with respect to the angle',
      x: angle,
      y: {title: '∂L/∂θ_y', domain: [0, 44]},
      curves: [
        curve('softmax', softmax(), slopeOf, {x: 0.84, dx: 4, dy: 36}),
        curve('hinge', hinge(), slopeOf, {x: 0.72, dx: -8, dy: 33, align: 'right'}, [6, 3]),
        curve('m = 2', margin(2), slopeOf, {x: 1.05, dx: 8, dy: -8}),
        curve('m = 3', margin(3), slopeOf, {x: 1.5, dx: 0, dy: -10}),
        curve('m = 4', margin(4), slopeOf, {x: 0.34, dx: -8, dy: 0, align: 'right'}),
      ],
    },
  ];
}

function curve(
  name: string,
  loss: Loss,
  quantity: (loss: Loss) => tf.Tensor,
  label: Label,
  dash?: Curve['dash'],
): Curve {
  const values = quantity(loss).dataSync();
  return {name, points: angles.map((x, i) => ({x, y: values[i]!})), label, ...(dash && {dash})};
}

/** Class 0 is the true one; the features have norm 8 and turn from its weights to those of class 1. */
function lossAt(loss: Loss, features: tf.Tensor2D): tf.Tensor {
  const labels = tf.fill([angles.length], 0, 'int32');
  const kernel = tf.tensor2d([
    [1, 0],
    [0, 1],
  ]);
  return loss(labels, marginLogits(features, kernel));
}

const featuresAt = () =>
  tf.tensor2d(angles.map((angle) => [LENGTH * Math.cos(angle), LENGTH * Math.sin(angle)]));

function lossOf(loss: Loss): tf.Tensor {
  return lossAt(loss, featuresAt());
}

/** ∂L/∂θ = ∂L/∂x · ∂x/∂θ. */
function slopeOf(loss: Loss): tf.Tensor {
  const gradient = tf.grad((features) => lossAt(loss, features as tf.Tensor2D))(featuresAt());
  const turning = tf.tensor2d(angles.map((angle) => [-LENGTH * Math.sin(angle), LENGTH * Math.cos(angle)]));
  return tf.sum(tf.mul(gradient, turning), 1);
}
