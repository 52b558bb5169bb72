import {Command, Option} from 'commander';
import {type BackendChoice, backendChoices, startBackend} from './backend.js';
import {defaultConfig, type TrainConfig} from './config.js';
import {readCifar10} from './data/cifar10.js';
import {interruptSignal} from './interrupt.js';
import {parseSchedule} from './learningRate.js';
import {parseLoss} from './lossExpression.js';
import {saveModel} from './modelFiles.js';
import {optimizerNames} from './optimizer.js';
import {hiddenLayers, integerAtLeast, numberIn, parsable, path} from './optionParsers.js';
import {locateWithProgress, TrainProgress} from './progress.js';
import {train} from './trainer.js';
import {ensureWritable, ensureWritableFolder, writeFileAtomically} from './writeFile.js';

interface TrainArguments extends Omit<TrainConfig, 'normalizeKernel'> {
  readonly normalizeKernel?: boolean;
  readonly backend: BackendChoice;
  readonly data?: string;
  readonly limit?: number;
  readonly out?: string;
  readonly save?: string;
}

export function trainCommand(): Command {
  const {hidden, ...defaults} = defaultConfig;
  return new Command('train')
    .description('Train a network on CIFAR-10 with a loss, or with a weighted combination of losses.')
    .optionsGroup('Loss and length:')
    .option('--loss <expression>', 'what to minimise: see below', parsable(parseLoss), defaults.loss)
    .option('--epochs <n>', 'passes over the training images', integerAtLeast(1), defaults.epochs)
    .option('--batch-size <n>', 'images a step', integerAtLeast(2), defaults.batchSize)
    .option('--seed <n>', 'the same seed gives the same run', integerAtLeast(0), defaults.seed)
    .optionsGroup('Network:')
    .addOption(
      new Option('--hidden <layers>', 'hidden layers: 100x5, or the units of each as in 512,256')
        .argParser(hiddenLayers)
        .default(hidden, '100x5'),
    )
    .option(
      '--dropout <share>',
      'share of the hidden units dropped at a step',
      numberIn({atLeast: 0, below: 1}),
      defaults.dropout,
    )
    .option(
      '--bias',
      'give the last layer a bias; the others have that of batch normalisation',
      defaults.bias,
    )
    .option('--normalize-kernel', 'logits ‖x‖cos θ (default: if the loss is A-Softmax alone)')
    .option('--no-normalize-kernel', 'logits W·x')
    .optionsGroup('Optimisation:')
    .addOption(
      new Option('--optimizer <name>', 'how to step').choices(optimizerNames).default(defaults.optimizer),
    )
    .option('--learning-rate <rate>', 'the highest of the run', numberIn({above: 0}), defaults.learningRate)
    .option(
      '--schedule <expression>',
      'constant, cosine(warmup=0) or step(every=5, factor=0.1); in epochs',
      parsable((text) => parseSchedule(text, defaults.epochs)),
      defaults.schedule,
    )
    .option(
      '--weight-decay <rate>',
      'a step shrinks the weights by this times the learning rate',
      numberIn({atLeast: 0}),
      defaults.weightDecay,
    )
    .optionsGroup('Data and files:')
    .option('--data <folder>', 'the binary batches (default: a cache, filled by the official download)', path)
    .option('--limit <n>', 'use the first n images of each part only, to try things out', integerAtLeast(1))
    .option('--out <file>', 'write a JSON record: configuration, curves, test accuracy, versions', path)
    .option('--save <folder>', 'keep the model: model.json, and the weights that it names', path)
    .optionsGroup('Machine:')
    .addOption(
      new Option('--backend <name>', 'auto takes tfjs-node where it is installed, else wasm')
        .choices(backendChoices)
        .default('auto'),
    )
    .addHelpText('after', lossHelp)
    .action((options: TrainArguments) => run(options));
}

const lossHelp = `
Losses:
  hinge(margin=1, squared=false, form=sum)  multi-class SVM; form=max is that of Crammer and Singer
  softmax(labelSmoothing=0) cross-entropy
  lsoftmax(m=4, lambda=…)   large-margin softmax
  asoftmax(m=4, lambda=…)   angular softmax
  amsoftmax(margin=0.35, scale=…), also cosface; arcface(margin=0.5, scale=…); normalizedSoftmax(scale=…);
  combinedMargin(m1=1, m2=0, m3=0, scale=…): cosines; without a scale, it follows the number of classes
  magface(minNorm=10, maxNorm=110, minMargin=0.45, maxMargin=0.8, regularizer=…, scale=…): with a margin by length
  focal(gamma=2), poly(epsilon=1), generalizedCrossEntropy(q=0.7), reverseCrossEntropy(floor=1e-4):
  functions of the probability, of softmax or, as in focal(base=arcface), of another loss; normalizedCrossEntropy
  logitAdjusted(counts=[…], tau=1), ldam(counts=[…], maxMargin=0.5, scale=30): for a long tail; a count for each class
  lambda is a number or anneal(base=…, gamma=…, power=…, min=…) or anneal(min=…, steps=…); without it, the package's default schedule.
  Weights, sums and parentheses combine them: 0.25*hinge + 0.65*lsoftmax(m=4) + 0.34*asoftmax(m=4)

Batches 1–4 train, batch 5 validates, the test batch tests once, at the end.
Ctrl-C, SIGTERM or SIGHUP stops after the current step, tests, and writes what it has; a second one quits at once.

Example:
  npm run cifar10 -- train --loss "0.5*hinge + 0.5*softmax" --epochs 10 --out results/run.json
`;

async function run({backend, data, limit, out, save, ...options}: TrainArguments): Promise<void> {
  const config: TrainConfig = {...options, normalizeKernel: options.normalizeKernel ?? null};
  if (out !== undefined) await ensureWritable(out);
  if (save !== undefined) await ensureWritableFolder(save);

  const folder = await locateWithProgress(data);
  const images = await readCifar10(folder, {limit});
  const progress = new TrainProgress(config, await startBackend(backend));
  const signal = interruptSignal();
  const result = await train(config, images, {
    signal,
    onStep: (step) => progress.step(step),
    onEpoch: (epoch) => progress.epoch(epoch),
  });
  const {record, model, standardisation} = result;
  progress.finish(record);

  if (out !== undefined) await keepRecord(out, `${JSON.stringify(record, null, 2)}\n`);
  if (save !== undefined && !record.diverged) {
    await saveModel(save, model, standardisation);
    console.log(`Model: ${save}`);
  }
  if (record.diverged) process.exitCode = 1;
  else if (record.interrupted) process.exitCode = signal.reason;
}

/** A disk may have filled up since it was looked at: the record is printed then, rather than lost. */
async function keepRecord(out: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(out, text);
    console.log(`Record: ${out}`);
  } catch (error) {
    console.log(text);
    console.error(
      `error: ${out} could not be written (${(error as Error).message}); the record is printed instead`,
    );
    process.exitCode = 1;
  }
}
