import {setImmediate} from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs';
import type {TrainConfig} from './config.js';
import {batchesOf} from './data/batches.js';
import type {Cifar10, Images} from './data/cifar10.js';
import {measureStandardisation, type Standardisation} from './data/standardise.js';
import {EpochMeans} from './epochMeans.js';
import {accuracyOn} from './evaluate.js';
import {type LearningRateSchedule, parseSchedule} from './learningRate.js';
import {type LossVocabulary, parseLoss, standardLosses} from './lossExpression.js';
import {type ObservedTerm, observeTerms} from './lossTerms.js';
import {buildNetwork, type Network} from './network.js';
import {createOptimizer} from './optimizer.js';
import {Random} from './random.js';
import type {EpochRecord, FinalRecord, TrainRecord} from './record.js';
import {TrainingStep} from './trainingStep.js';
import {versions} from './versions.js';

export interface TrainOptions {
  /** Once aborted, training stops after the current step; the record then says `interrupted`. */
  readonly signal?: AbortSignal;
  /** Called after every training step. */
  readonly onStep?: (progress: StepProgress) => void;
  /** Called after every epoch, and after the part of one that was interrupted. */
  readonly onEpoch?: (epoch: EpochRecord) => void;
  /**
   * Whether the finished network is tried on all images, those of the test included: a search must not look at them.
   * @defaultValue true
   */
  readonly finalAccuracy?: boolean;
  /** Which losses `config.loss` may name. @defaultValue those of the package */
  readonly losses?: LossVocabulary;
}

export interface StepProgress {
  /** From 1. */
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly trainAccuracy: number;
}

export interface TrainResult {
  readonly record: TrainRecord;
  /** The trained network; the caller disposes of it. */
  readonly model: tf.Sequential;
  /** What the network's inputs have to go through. */
  readonly standardisation: Standardisation;
}

/**
 * Trains a network on CIFAR-10: a configuration in, a record out. Nothing is printed, nothing written. The tfjs backend
 * must have been started.
 */
export async function train(
  config: TrainConfig,
  data: Cifar10,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const startedAt = new Date();
  const loss = parseLoss(config.loss, options.losses ?? standardLosses);
  const schedule = parseSchedule(config.schedule, config.epochs);
  const normalizeKernel = config.normalizeKernel ?? loss.trainsAnglesOnly;
  const standardisation = measureStandardisation(data.training);
  const network = buildNetwork({...config, normalizeKernel});
  const observed = observeTerms(loss);
  const optimizer = createOptimizer(config.optimizer, config.learningRate);
  const {model} = network;
  const step = new TrainingStep({model, loss: observed.loss, optimizer, weightDecay: config.weightDecay});
  const shuffle = new Random(config.seed, 'shuffle');
  const {terms} = observed;
  const run = {config, data, standardisation, network, terms, step, schedule, shuffle, options};

  const epochs: EpochRecord[] = [];
  let ending: Ending = 'whole';
  for (let epoch = 1; epoch <= config.epochs && ending === 'whole'; epoch++) {
    const result = await trainEpoch(run, epoch);
    ending = result.ending;
    if (result.record === null) break;
    epochs.push(result.record);
    options.onEpoch?.(result.record);
  }
  optimizer.dispose();
  const isEvaluated = ending !== 'diverged' && options.finalAccuracy !== false;
  const final = isEvaluated ? await finalAccuracy(run) : null;

  const record: TrainRecord = {
    config: {...config, normalizeKernel},
    images: {
      training: data.training.labels.length,
      validation: data.validation.labels.length,
      test: data.test.labels.length,
    },
    epochs,
    final,
    interrupted: ending === 'interrupted',
    diverged: ending === 'diverged' || (isEvaluated && final === null),
    parameters: model.countParams(),
    seconds: secondsSince(startedAt.getTime()),
    startedAt: startedAt.toISOString(),
    versions: versions(),
  };
  return {record, model, standardisation};
}

/** All that stays the same from epoch to epoch. */
interface Run {
  readonly config: TrainConfig;
  readonly data: Cifar10;
  readonly standardisation: Standardisation;
  readonly network: Network;
  readonly terms: readonly ObservedTerm[];
  readonly step: TrainingStep;
  readonly schedule: LearningRateSchedule;
  readonly shuffle: Random;
  readonly options: TrainOptions;
}

type Ending = 'whole' | 'interrupted' | 'diverged';

/** The record is null if the epoch did not get as far as one step. */
async function trainEpoch(run: Run, epoch: number): Promise<{record: EpochRecord | null; ending: Ending}> {
  const {config, data, standardisation, network, terms, schedule, shuffle, options} = run;
  const {batchSize} = config;
  const start = Date.now();
  const stepsPerEpoch = Math.ceil(data.training.labels.length / batchSize);
  const means = new EpochMeans(terms);
  let learningRate = 0;
  let steps = 0;
  let ending: Ending = 'whole';
  for (const batch of batchesOf(data.training, standardisation, {batchSize, shuffle})) {
    await setImmediate(); // lets Ctrl-C through
    if (options.signal?.aborted) {
      ending = 'interrupted';
      break;
    }
    learningRate = config.learningRate * schedule(epoch - 1 + steps / stepsPerEpoch);
    const {loss, correct} = run.step.run(batch, learningRate);
    if (!Number.isFinite(loss)) {
      ending = 'diverged';
      break;
    }
    means.add(batch.labels.length, correct);
    steps++;
    options.onStep?.({epoch, step: steps, stepsPerEpoch, loss: means.loss, trainAccuracy: means.accuracy});
  }
  if (steps === 0) return {record: null, ending};

  const validationAccuracy = await accuracyOn(network.model, data.validation, standardisation);
  if (validationAccuracy === null) ending = 'diverged';
  const record: EpochRecord = {
    epoch,
    steps,
    loss: rounded(means.loss),
    terms: terms.map((term, index) => ({
      term: term.term,
      weight: rounded(term.weight),
      loss: rounded(means.termLosses[index]!),
      lambda: roundedUnlessNull(term.lambdaAt(network.head.step)),
    })),
    trainAccuracy: rounded(means.accuracy),
    validationAccuracy: roundedUnlessNull(validationAccuracy),
    learningRate: rounded(learningRate),
    seconds: secondsSince(start),
  };
  return {record, ending};
}

/** null if the network has come to outputs that are no numbers. */
async function finalAccuracy({data, network, standardisation}: Run): Promise<FinalRecord | null> {
  const on = async (images: Images) =>
    roundedUnlessNull(await accuracyOn(network.model, images, standardisation));
  const [trainAccuracy, validationAccuracy, testAccuracy] = [
    await on(data.training),
    await on(data.validation),
    await on(data.test),
  ];
  if (trainAccuracy === null || validationAccuracy === null || testAccuracy === null) return null;
  return {trainAccuracy, validationAccuracy, testAccuracy};
}

/** Five digits say all there is to say, and keep the files small. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function roundedUnlessNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}

function secondsSince(start: number): number {
  return Math.round((Date.now() - start) / 10) / 100;
}
