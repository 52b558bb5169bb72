import * as tf from '@tensorflow/tfjs';
import {marginDense} from 'tfjs-losses';
import {type Contender, oneNumberOf} from './contender.js';
import {baseline} from './lossContenders.js';
import {randomProblem} from './problem.js';
import {combination} from './subjects.js';

/** A network to train. */
export interface Network {
  readonly inputs: number;
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly batch: number;
}

type LossFunction = (labels: tf.Tensor, logits: tf.Tensor) => tf.Tensor;

/** A whole step of training: forward, backward, update by Adam. All layers but the last are the same tfjs ones. */
export function stepContenders(network: Network): Contender[] {
  const {features, oneHot} = randomProblem({
    batch: network.batch,
    features: network.inputs,
    classes: network.classes,
  });
  const contender = (name: string, head: tf.layers.Layer, loss: LossFunction) =>
    trainingStep(name, withHead(network, head), loss, features, oneHot);
  const units = network.classes;
  return [
    contender(baseline, tf.layers.dense({units, useBias: false}), (labels, logits) =>
      tf.losses.softmaxCrossEntropy(labels, logits),
    ),
    contender('combination', marginDense({units}), combination.loss),
  ];
}

function withHead({inputs, hidden}: Network, head: tf.layers.Layer): tf.Sequential {
  const model = tf.sequential();
  hidden.forEach((units, block) => {
    model.add(tf.layers.dense({units, activation: 'relu', ...(block === 0 ? {inputShape: [inputs]} : {})}));
  });
  model.add(head);
  return model;
}

function trainingStep(
  name: string,
  model: tf.Sequential,
  loss: LossFunction,
  inputs: tf.Tensor,
  labels: tf.Tensor,
): Contender {
  const optimizer = tf.train.adam();
  const kernel = model.trainableWeights.at(-1)!;
  const meanLoss = () => tf.mean<tf.Scalar>(loss(labels, model.apply(inputs, {training: true}) as tf.Tensor));
  return {
    name,
    run: () => {
      optimizer.minimize(meanLoss);
      return oneNumberOf(kernel.read());
    },
  };
}
