/**
 * What a user may write in TypeScript, and what the compiler must refuse: each `@ts-expect-error` without an error below it
 * is itself an error. A string and not a file, since it is compiled in the user's project, three ways, and never in this one.
 */
export const typeUse = `
import * as tf from '@tensorflow/tfjs';
import {
  type AnnealedLambda,
  type AnnealedLambdaOptions,
  annealedLambda,
  ASoftmaxLoss,
  asoftmax,
  CombinedLoss,
  type CombinedTerm,
  type CombinedTermLike,
  combined,
  cosine,
  FormulaLoss,
  type Given,
  HingeLoss,
  type HingeOptions,
  hinge,
  type JsonValue,
  type LambdaSchedule,
  Loss,
  type LossConfig,
  type LossFactory,
  type LossInputs,
  LSoftmaxLoss,
  lossFromConfig,
  lsoftmax,
  MarginDense,
  type MarginDenseOptions,
  type MarginLogitsOptions,
  type MarginLossOptions,
  marginDense,
  marginLogits,
  numberOption,
  psi,
  type Scale,
  SoftmaxLoss,
  scaleOption,
  type SoftmaxOptions,
  softmax,
  type Term,
} from 'tfjs-losses';

import {marginLogits as marginLogitsOfCore, type Loss as CoreLoss, softmax as softmaxOfCore} from 'tfjs-losses/core';
import {auroc, classAngles, confusionMatrix, oscr, type RocCurve, rocCurve} from 'tfjs-losses/metrics';
import {
  type Answer,
  type Calibration,
  type Comparison,
  type Enrolment,
  type Recognizer,
  type RecognizerJson,
  recognizer,
} from 'tfjs-losses/recognition';

const layer: MarginDense = marginDense({units: 3, useBias: true, kernelRegularizer: 'l1l2', inputShape: [4]});
const model = tf.sequential({layers: [layer]});
const loss: CombinedLoss = combined([
  [0.25, hinge({margin: 1, form: 'max', squared: true})],
  [0.65, lsoftmax({m: 4, lambda: annealedLambda({base: 10, min: 1})})],
  [0.34, asoftmax({m: 4, lambda: (step) => 10 / (1 + step)})],
]);
model.compile({optimizer: 'adam', loss, metrics: ['accuracy', hinge()]});
model.compile({optimizer: 'adam', loss: [loss]});
model.compile({optimizer: 'adam', loss: {out: softmax({labelSmoothing: 0.1})}});
const step: number = layer.step;
layer.step = 0;

const output = model.apply(tf.zeros([1, 4])) as tf.Tensor;
const values: tf.Tensor1D = loss(tf.tensor1d([0], 'int32'), output as tf.Tensor2D);
const ofAnyRank: tf.Tensor = loss(tf.zeros([2, 5]), marginLogits(tf.zeros([2, 5, 4]), tf.zeros([4, 3])) as tf.Tensor);
const logits: tf.Tensor2D = marginLogits(tf.zeros([1, 4]), tf.zeros([4, 3]), {bias: tf.zeros([3]), step});
const terms: readonly CombinedTerm[] = loss.terms;
const listed = [[1, hinge()], [2, softmax()]];
const pair: CombinedTermLike = [0.5, hinge()];
const combinations: CombinedLoss[] = [combined(listed), combined(loss.terms), combined([...terms, pair]), new CombinedLoss(listed)];
const ofCore: [CoreLoss, Loss] = [softmax(), softmaxOfCore()];
const logitsOfCore: tf.Tensor2D = marginLogitsOfCore(tf.zeros([1, 4]), tf.zeros([4, 3]));
const name: string = loss.name;
const config: LossConfig = loss.getConfig();
const again: Loss = lossFromConfig(JSON.parse(JSON.stringify(config)), {mine: (options) => new Mine(options)});
const angle: number = psi(1, 4);
const classes: Loss[] = [new HingeLoss(), new SoftmaxLoss(), new LSoftmaxLoss({m: 2}), new ASoftmaxLoss({lambda: 1})];
const margin: number = new LSoftmaxLoss().m;
const schedule: AnnealedLambda = annealedLambda();
const lambda: number | LambdaSchedule = lsoftmax().lambda;
const options: [
  HingeOptions,
  SoftmaxOptions,
  MarginLossOptions,
  AnnealedLambdaOptions,
  MarginLogitsOptions,
  MarginDenseOptions,
] = [{margin: 1}, {labelSmoothing: 0}, {m: 4, lambda: 1}, {min: 5}, {normalizeKernel: true}, {units: 3}];

class Mine extends Loss {
  constructor(options: {readonly [option: string]: JsonValue}) {
    super(String(options.name));
  }
  compute({logits, oneHot}: LossInputs): tf.Tensor1D {
    return tf.sum(tf.squaredDifference(logits, oneHot), 1);
  }
  getConfig(): LossConfig {
    return {name: this.name, nested: [1, {deep: true}]};
  }
  override toString(): string {
    return 'mine';
  }
}
class Additive extends FormulaLoss<{readonly margin: number; readonly scale: Scale}> {
  constructor(options: Given<{margin: number; scale: Scale}> = {}) {
    super('additive', {margin: numberOption(0.2, 'm', {atLeast: 0}), scale: scaleOption}, options);
  }
  protected term({margin, scale}: {readonly margin: number; readonly scale: Scale}): Term {
    return {
      logits: cosine(scale),
      numbers: {margin},
      margin: ({sub}, angle, number) => sub(angle.cosine, number('margin')),
    };
  }
}
const additive: Loss = combined([[1, new Additive({margin: 0.1})]]);
const factory: LossFactory = (options) => new Mine(options);

const curve: RocCurve = rocCurve(Float32Array.of(1, 2), [0, 1]);
const area: number = auroc([1], [0]) + oscr([1], [true], [0]);
const matrix: readonly (string | null)[] = confusionMatrix(['a', null], ['a', 'a']).labels;
const within: number = classAngles([[1, 0], Float32Array.of(0, 1)], ['a', 1]).meanWithinClass;

async function recognise() {
  const ofModel: Recognizer = recognizer(model, {labels: ['a', 'b', 'c'], score: 'cosine'});
  const found: Calibration = await ofModel.calibrate({known: {xs: tf.ones([1, 4]), labels: ['a']}}, {falseReject: 0.05});
  const ofArrays = recognizer((batch: Float32Array[]) => batch, {score: 'knn', k: 3});
  await ofArrays.calibrate({unknown: [Float32Array.of(1)]}, {falseAccept: 0.01});
  const ofTensors = recognizer(async (batch: tf.Tensor) => tf.mul(batch, 2));
  const enrolled: Enrolment = await ofTensors.enroll('d', tf.ones([1, 4]));
  const [answer]: Answer[] = await ofModel.recognize([[1, 2, 3, 4]]);
  const label: string | null | undefined = answer?.label;
  const comparison: Comparison = await ofModel.compare({known: {xs: [[1]], labels: ['a']}, unknown: [[2]]});
  const json: RecognizerJson = ofModel.toJSON();
  const again: Recognizer = await recognizer.fromJSON(model, json);
  // @ts-expect-error one target, not two
  await ofModel.calibrate({}, {falseReject: 0, falseAccept: 0});
  // @ts-expect-error not what the function takes
  await ofArrays.recognize(tf.ones([1, 4]));
  // @ts-expect-error no such score
  recognizer(model, {score: 'euclid'});
  // @ts-expect-error names, not ids
  recognizer(model, {labels: [0, 1, 2]});
  return [found, enrolled, label, comparison, again];
}

// @ts-expect-error a misspelt option
hinge({margn: 1});
// @ts-expect-error the wrong type
lsoftmax({m: '4'});
// @ts-expect-error not a pair
combined([hinge()]);
// @ts-expect-error a factory is no loss
combined([[1, hinge]]);
// @ts-expect-error no weight
combined([{loss: hinge()}]);
// @ts-expect-error no activation
marginDense({units: 3, activation: 'relu'});
// @ts-expect-error units are required
marginDense({});
// @ts-expect-error a loss takes labels and output
loss(values);
// @ts-expect-error the terms cannot be changed
loss.terms.push(terms[0]!);
// @ts-expect-error options cannot be changed
new HingeLoss().margin = 2;
// @ts-expect-error compute is missing
class Half extends Loss {
  getConfig() {
    return {name: 'half'};
  }
}

export {additive, again, angle, area, classes, combinations, config, curve, factory, Half, lambda, logits, logitsOfCore, margin, matrix, name, ofAnyRank, ofCore, options, recognise, schedule, terms, values, within};
`;
