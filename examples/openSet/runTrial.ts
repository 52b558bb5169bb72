import * as tf from '@tensorflow/tfjs';
import {auroc, oscr} from 'tfjs-losses/metrics';
import {recognizer} from 'tfjs-losses/recognition';
import {chosen, type Data, type Examples, part} from '../scale/problems.js';
import {inputsOf, stepsOf, train} from '../scale/training.js';
import {contenders} from './contenders.js';
import {type Embedded, enrolledAccuracy, verify} from './embedded.js';
import {buildNetwork, type Network} from './network.js';
import {classesOf, type Problem} from './problems.js';
import {type Outcome, scoreNames, type Trial} from './trials.js';

/** Trains on the known classes, calibrates the recognizer with others of their images, and meets known and unknown classes. */
export async function runTrial(trial: Trial, problem: Problem, data: Data): Promise<Outcome> {
  const {known, unknown} = classesOf(problem, trial);
  const {body, head, model} = await trainedOn(
    chosen(data.training, known),
    trial,
    problem.epochs,
    known.length,
  );
  const half = data.validation.labels.length >> 1;
  const calibration = part(data.validation, 0, half);
  const met = trial.stage === 'search' ? part(data.validation, half) : data.test;
  const seen = embed(body, chosen(calibration, known));
  const [familiar, strangers] = [embed(body, chosen(met, known)), embed(body, chosen(met, unknown))];
  const outcome = await meet(head, seen, familiar, strangers);
  const enrols = problem.enrols && trial.stage === 'test';
  const result = enrols ? {...outcome, unknown: await amongUnknown(strangers, trial.seed)} : outcome;
  tf.dispose([seen.features, familiar.features, strangers.features]);
  model.dispose();
  head.dispose(); // which counts the call within the model as a use of its own
  return result;
}

async function trainedOn(
  training: Examples,
  {contender, setting, seed}: Trial,
  epochs: number,
  classes: number,
): Promise<Network> {
  const loss = contenders[contender]!.create(setting, {classes, steps: stepsOf(training, epochs)});
  const network = buildNetwork({
    inputs: training.inputs.length / training.labels.length,
    classes,
    normalizeKernel: loss.trainsAnglesOnly,
    seed,
  });
  await train(network.model, training, {loss, epochs, weightDecay: setting.weightDecay});
  return network;
}

async function meet(
  head: tf.Sequential,
  seen: Embedded,
  familiar: Embedded,
  strangers: Embedded,
): Promise<Outcome> {
  const scores: Record<string, {auroc: number; oscr: number}> = {};
  let accuracy = 0;
  for (const score of scoreNames) {
    const r = recognizer(head, {score});
    await r.calibrate({known: {xs: seen.features, labels: seen.labels}}, {falseReject: 0.05});
    const answers = await r.recognize(familiar.features);
    const known = answers.map((answer) => answer.score);
    const unknown = (await r.recognize(strangers.features)).map((answer) => answer.score);
    const isRight = answers.map(({nearest}, i) => nearest === familiar.labels[i]);
    scores[score] = {auroc: rounded(auroc(known, unknown)), oscr: rounded(oscr(known, isRight, unknown))};
    if (score === 'logit') accuracy = rounded(isRight.filter(Boolean).length / isRight.length);
  }
  return {accuracy, scores: scores as Outcome['scores']};
}

async function amongUnknown(strangers: Embedded, seed: number): Promise<NonNullable<Outcome['unknown']>> {
  const {eer, tar} = verify(strangers);
  const oneShot = await enrolledAccuracy(strangers, 1, seed);
  const fiveShot = await enrolledAccuracy(strangers, 5, seed);
  return {eer: rounded(eer), tar: rounded(tar), oneShot: rounded(oneShot), fiveShot: rounded(fiveShot)};
}

function embed(body: tf.Sequential, examples: Examples): Embedded {
  return {
    features: tf.tidy(() => body.predict(inputsOf(examples), {batchSize: 512}) as tf.Tensor2D),
    labels: Array.from(examples.labels, String),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
