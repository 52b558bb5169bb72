import * as tf from '@tensorflow/tfjs';
import {hinge, type Loss, softmax} from '../../src/index.js';
import {type Curve, type Label, type Panel, steps} from './style.js';

const WHOLE = [-3, -2, -1, 0, 1, 2, 3];
const advantages = steps(-3, 3, 240);

/** Class 0 is the true one, and ahead by `advantages`. */
const batch = () => ({
  labels: tf.fill([advantages.length], 0, 'int32'),
  scores: tf.tensor2d(advantages.map((advantage) => [advantage, 0])),
});

/** Hinge and softmax against the difference of two scores, and how hard each pushes the true class's score up. */
export function scorePanels(): Panel[] {
  return [
    {
      title: 'Loss',
      x: {title: 's_y − s_j: how far the true class is ahead', domain: [-3, 3], values: WHOLE},
      y: {title: 'L', domain: [0, 4], values: [0, 1, 2, 3, 4]},
      curves: [
        curve(hinge(), lossOf, {x: -1.4, dx: 10, dy: 0}),
        curve(softmax(), lossOf, {x: 1.5, dx: 4, dy: -12}),
      ],
    },
    {
      title: 'Push',
      x: {title: 's_y − s_j: how far the true class is ahead', domain: [-3, 3], values: WHOLE},
      y: {title: '−∂L/∂s_y', domain: [0, 1.2]},
      curves: [
        curve(hinge(), pushOf, {x: -1, dx: 0, dy: -12}),
        curve(softmax(), pushOf, {x: -1.1, dx: -10, dy: 10, align: 'right'}),
      ],
    },
  ];
}

function curve(loss: Loss, quantity: (loss: Loss) => tf.Tensor, label: Label): Curve {
  const values = quantity(loss).dataSync();
  return {name: String(loss), points: advantages.map((x, i) => ({x, y: values[i]!})), label};
}

function lossOf(loss: Loss): tf.Tensor {
  const {labels, scores} = batch();
  return loss(labels, scores);
}

function pushOf(loss: Loss): tf.Tensor {
  const {labels, scores} = batch();
  const gradient = tf.grad((output: tf.Tensor) => loss(labels, output))(scores);
  return tf.neg(tf.slice(gradient, [0, 0], [-1, 1]));
}
