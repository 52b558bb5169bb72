import * as tf from '@tensorflow/tfjs';
import {type Loss, marginLogits} from 'tfjs-losses';
import {type Contender, oneNumberOf} from './contender.js';
import type {NaiveLoss} from './naive.js';
import type {Problem} from './problem.js';
import {type Subject, subjects} from './subjects.js';

type Logits = (features: tf.Tensor2D, kernel: tf.Tensor2D) => tf.Tensor2D;

/** What computes a loss and its gradients. */
export interface LossContender extends Contender {
  /** The last of the gradients. */
  lastGradient(): tf.Tensor;
}

/** Where a loss begins, and what its gradient is taken by. */
interface Scope {
  /** Value and gradient of the mean of a loss, for one of this package's, which needs its own logits. */
  ours(name: string, loss: Loss, labels: tf.Tensor): LossContender;
  /** The same for any other loss. */
  theirs(name: string, loss: NaiveLoss): LossContender;
}

/** The name of what everything is compared with. */
export const baseline = 'tf.losses.softmaxCrossEntropy';
const layersLoss = "tfjs-layers' categoricalCrossentropy";
const naively = ', naively';

const builtIns: Readonly<Record<string, NaiveLoss>> = {
  [baseline]: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  [layersLoss]: (labels, logits) =>
    tf.metrics.categoricalCrossentropy(labels, tf.softmax(logits)) as tf.Tensor1D,
};

/** The loss alone: logits are given, and the gradient is taken by them. */
export function lossAlone(problem: Problem): Scope {
  const {features, kernel, oneHot} = problem;
  const logits = marginLogits(features, kernel);
  return {
    ours: (name, loss, labels) => backward(name, [logits], (given) => loss(labels, given as tf.Tensor2D)),
    theirs: (name, loss) =>
      backward(name, [logits], (given) => loss(oneHot, given as tf.Tensor2D, features, kernel)),
  };
}

/** With the last layer: the product of features and kernel on the way there, and two products on the way back. */
export function lossWithHead({features, kernel, oneHot}: Problem): Scope {
  const contender = (name: string, product: Logits, loss: NaiveLoss) =>
    backward(name, [features, kernel], (x, w) =>
      loss(oneHot, product(x as tf.Tensor2D, w as tf.Tensor2D), x as tf.Tensor2D, w as tf.Tensor2D),
    );
  return {
    ours: (name, loss, labels) => contender(name, marginLogits, (_, logits) => loss(labels, logits)),
    theirs: (name, loss) => contender(name, (x, w) => tf.matMul(x, w), loss),
  };
}

/** The losses of tfjs, and every loss of this package: on one-hot labels, on class ids, and written naively. */
export function everyContender(scope: Scope, problem: Problem): LossContender[] {
  return [
    ...Object.entries(builtIns).map(([name, loss]) => scope.theirs(name, loss)),
    ...Object.entries(subjects).flatMap(([name, subject]) => ofSubject(scope, problem, name, subject)),
  ];
}

function ofSubject(
  scope: Scope,
  {oneHot, classIds}: Problem,
  name: string,
  {loss, naive}: Subject,
): LossContender[] {
  return [
    scope.ours(name, loss, oneHot),
    scope.ours(`${name}, class ids`, loss, classIds),
    scope.theirs(name + naively, naive),
  ];
}

/** Whether a contender is a loss of this package, by its name. */
export function isOurs(name: string): boolean {
  return ![baseline, layersLoss].includes(name) && !name.endsWith(naively);
}

/** The baseline, and one loss of this package on class ids. */
export function againstBaseline(scope: Scope, {classIds}: Problem, name: string, loss: Loss): Contender[] {
  return [scope.theirs(baseline, builtIns[baseline]!), scope.ours(name, loss, classIds)];
}

/** Value and gradients of the mean of `loss`. */
function backward(
  name: string,
  inputs: readonly tf.Tensor[],
  loss: (...inputs: tf.Tensor[]) => tf.Tensor,
): LossContender {
  const valueAndGradients = tf.valueAndGrads((...given: tf.Tensor[]) => tf.mean(loss(...given)));
  const lastGradient = () => tf.tidy(() => valueAndGradients([...inputs]).grads.at(-1)!);
  return {name, lastGradient, run: () => tf.tidy(() => oneNumberOf(lastGradient()))};
}
