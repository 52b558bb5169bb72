import * as tf from '@tensorflow/tfjs';
import {hinge, type Loss, softmax} from '../../src/index.js';
import {type Curve, type Label, type Panel, steps} from './style.js';

const WHOLE = [-3, -2, -1, 0, 1, 2, 3];
const differences = steps(-3, 3, 240);

/** Class 0 is the true one; its logit exceeds the other one by `differences`. */
const batch = () => ({
  labels: tf.fill([differences.length], 0, 'int32'),
  logits: tf.tensor2d(differences.map((difference) => [difference, 0])),
});

/** Hinge and softmax against the difference of two logits, and minus their derivative by the true class's logit. */
export function logitPanels(): Panel[] {
  return [
    {
      title: 'Loss',
      x: {title: 'z_y − z_j', domain: [-3, 3], values: WHOLE},
      y: {title: 'L', domain: [0, 4], values: [0, 1, 2, 3, 4]},
      curves: [
        curve(hinge(), lossOf, {x: -1.4, dx: 10, dy: 0}),
        curve(softmax(), lossOf, {x: 1.5, dx: 4, dy: -12}),
      ],
    },
    {
      title: 'Gradient',
      x: {title: 'z_y − z_j', domain: [-3, 3], values: WHOLE},
      y: {title: '−∂L/∂z_y', domain: [0, 1.2]},
      curves: [
        curve(hinge(), slopeOf, {x: -1, dx: 0, dy: -12}),
        curve(softmax(), slopeOf, {x: -1.1, dx: -10, dy: 10, align: 'right'}),
      ],
    },
  ];
}

function curve(loss: Loss, quantity: (loss: Loss) => tf.Tensor, label: Label): Curve {
  const values = quantity(loss).dataSync();
  return {name: String(loss), points: differences.map((x, i) => ({x, y: values[i]!})), label};
}

function lossOf(loss: Loss): tf.Tensor {
  const {labels, logits} = batch();
  return loss(labels, logits);
}

function slopeOf(loss: Loss): tf.Tensor {
  const {labels, logits} = batch();
  const gradient = tf.grad((output: tf.Tensor) => loss(labels, output))(logits);
  return tf.neg(tf.slice(gradient, [0, 0], [-1, 1]));
}
