import * as tf from '@tensorflow/tfjs';
import {type Loss, softmax} from '../../src/index.js';
import {type Case, cases} from './cases.js';

type LossFunction = (labels: tf.Tensor, output: tf.Tensor) => tf.Tensor;

/** What one step of training reveals of a loss. */
export interface Step {
  readonly loss: number;
  /** ∂loss/∂logits. */
  readonly gradient: readonly number[];
}

export interface Measurement {
  readonly title: string;
  readonly logits: readonly number[];
  readonly trueClass: number;
  readonly builtIn: Step & {readonly name: string};
  readonly replacement: Step & {readonly name: string};
}

/** The loss of two examples whose classes have different weights. */
export interface ClassWeightMeasurement {
  readonly logits: readonly (readonly number[])[];
  readonly trueClasses: readonly number[];
  readonly classWeight: Readonly<Record<number, number>>;
  /** Each example's loss times the weight of its class, averaged: what training should minimise. */
  readonly byTheFormula: number;
  readonly softmaxCrossEntropy: number;
  readonly softmax: number;
}

export interface BuiltIns {
  readonly command: string;
  readonly tfjs: string;
  readonly backend: string;
  readonly cases: readonly Measurement[];
  readonly classWeight: ClassWeightMeasurement;
}

/** Measures what the losses built into tfjs do where they go wrong, as a user meets it: through compile and fit. */
export async function measureBuiltIns(): Promise<BuiltIns> {
  const measurements: Measurement[] = [];
  for (const each of cases) measurements.push(await measureCase(each));
  return {
    command: 'npm run docs:builtins',
    tfjs: tf.version.tfjs,
    backend: tf.getBackend(),
    cases: measurements,
    classWeight: await measureClassWeight(),
  };
}

async function measureCase(each: Case): Promise<Measurement> {
  const {title, builtIn, replacement, logits, trueClass} = each;
  return {
    title,
    logits,
    trueClass,
    builtIn: {name: builtIn, ...(await trainOneStep(builtIn, each, each.activation, each.labels))},
    replacement: {name: String(replacement), ...(await trainOneStep(replacement, each, 'linear', 'one-hot'))},
  };
}

/**
 * The kernel of a dense layer on the constant feature 1 *is* the logits, and a step of gradient descent at rate 1 takes the
 * gradient off it: so model.fit itself tells loss and gradient.
 */
async function trainOneStep(
  loss: string | Loss,
  {logits, trueClass}: Case,
  activation: Case['activation'],
  labels: Case['labels'],
): Promise<Step> {
  const classes = logits.length;
  const model = tf.sequential({
    layers: [tf.layers.dense({units: classes, useBias: false, activation, inputShape: [1]})],
  });
  model.compile({optimizer: tf.train.sgd(1), loss});
  const kernel = tf.tensor2d([[...logits]]);
  model.setWeights([kernel]);
  const target = labels === 'ids' ? tf.tensor2d([[trueClass]]) : oneHot([trueClass], classes);
  const history = await model.fit(tf.ones([1, 1]), target, {verbose: 0});
  const gradient = await tf.sub(kernel, model.getWeights()[0]!).data();
  return {loss: round(history.history.loss![0] as number), gradient: [...gradient].map(round)};
}

async function measureClassWeight(): Promise<ClassWeightMeasurement> {
  const logits = [
    [0, 1],
    [0, 1],
  ];
  const trueClasses = [0, 1];
  const classWeight = {0: 1, 1: 10};
  const lossUnderFit = async (loss: LossFunction) => {
    const model = tf.sequential({layers: [tf.layers.dense({units: 2, useBias: false, inputShape: [2]})]});
    model.compile({optimizer: tf.train.sgd(0), loss});
    model.setWeights([tf.tensor2d(logits)]);
    // Example i has the feature vector e_i, hence row i of the kernel for its logits.
    const history = await model.fit(tf.eye(2), oneHot(trueClasses, 2), {
      classWeight,
      batchSize: 2,
      verbose: 0,
    });
    return round(history.history.loss![0] as number);
  };
  const losses = [Math.log(1 + Math.E), Math.log(1 + Math.exp(-1))] as const;
  return {
    logits,
    trueClasses,
    classWeight,
    byTheFormula: round((classWeight[0] * losses[0] + classWeight[1] * losses[1]) / 2),
    softmaxCrossEntropy: await lossUnderFit((labels, output) =>
      tf.losses.softmaxCrossEntropy(labels, output),
    ),
    softmax: await lossUnderFit(softmax()),
  };
}

/** As float32, since tf.oneHot makes int32, in which tfjs-layers' own losses cannot multiply. */
function oneHot(classIds: readonly number[], classes: number): tf.Tensor {
  return tf.cast(tf.oneHot([...classIds], classes), 'float32');
}

/** To five digits after the point, beyond which float32 has nothing to say here. */
function round(value: number): number {
  return Math.round(value * 1e5) / 1e5 + 0;
}
