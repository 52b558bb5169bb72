import {sum} from 'simple-statistics';
import {annealedLambda} from 'tfjs-losses';
import type {FoundSettings, FoundWeights, Hyperparameters} from '../experiments/hyperparameters.js';
import type {LambdaRecipe} from '../experiments/lambdaRecipe.js';
import {experimentConfig} from '../experiments/rows.js';
import {trainingSteps} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {GRID_M} from '../experiments/weightGrid.js';
import {
  count,
  distinct,
  fixed,
  type ImageLink,
  list,
  markdownTable,
  notRunYet,
  numbers,
  section,
} from './markdown.js';
import {ofStudy} from './runs.js';
import {weightGrid, weightsText} from './weightGrid.js';

/** The random searches: what they cost, and what they found. */
export function randomSearchSection(
  results: readonly TrialRecord[],
  found: Hyperparameters | null,
  image: ImageLink,
): string {
  const trials = ofStudy(results, 'random search');
  const heading = '## The random search';
  if (trials.length === 0) return section(heading, notRunYet('search random --m 2 3 4'), settingsPart(found));
  return section(
    heading,
    'Learning rate, weight decay, dropout, bias, and λ for the losses with a margin: drawn at random, the same candidates for ' +
      'every loss and as many of them, so that no loss has had more attempts than another. A combination has no search of its own: it ' +
      'takes over what was found for its L-Softmax, or for softmax where there is none. Successive halving trains all candidates ' +
      'briefly, the best of those longer, and the best of those in full; what counts is validation accuracy.',
    image(
      'reproduction-random-search.svg',
      'A panel a search: validation accuracy of each trial against its learning rate; the longer a trial, the larger its dot.',
    ),
    budgetTable(trials),
    settingsPart(found),
  );
}

function budgetTable(trials: readonly TrialRecord[]): string {
  return markdownTable(
    [{title: 'search'}, ...numbers('trials', 'epochs', 'of these in full')],
    distinct(trials.map(({label}) => label)).map((label) => {
      const epochs = trials.filter((trial) => trial.label === label).map(({config}) => config.epochs);
      const full = epochs.filter((n) => n === Math.max(...epochs)).length;
      return [label, `${epochs.length}`, `${sum(epochs)}`, count(full, 'trial')];
    }),
  );
}

function settingsPart(found: Hyperparameters | null): string {
  const settings = Object.entries(found?.settings ?? {});
  if (settings.length === 0) return `Nothing is chosen yet: \`npm run cifar10 -- search choose\` does it.`;
  return section(
    'What the searches found, and the tables use:',
    markdownTable(
      [
        {title: 'loss'},
        ...numbers('learning rate', 'weight decay', 'dropout'),
        {title: 'bias'},
        {title: 'λ: base, γ, power, min'},
        {title: 'ψ’s share at the end', align: 'right'},
        ...numbers('trials', 'epochs', 'validation'),
      ],
      settings.map(([loss, values]) => settingsRow(loss, values)),
    ),
    'ψ’s share, 1 / (1 + λ), is how much of the true class’s logit is the margin’s; the rest is the plain one, as in softmax. ' +
      'Where it is small at the end, the search has found that on these images less margin is better, and a row with a margin ' +
      'is not far from the row of softmax.',
  );
}

function settingsRow(loss: string, {m, lambda, from, ...settings}: FoundSettings): string[] {
  return [
    m === null || loss.includes('m=') ? loss : `${loss}, m = ${m}`,
    ...[settings.learningRate, settings.weightDecay, settings.dropout].map(String),
    settings.bias ? 'yes' : 'no',
    lambda === null ? '–' : [lambda.base, lambda.gamma, lambda.power, lambda.min].join(', '),
    lambda === null ? '–' : `${fixed(100 * finalShare(lambda, settings.epochs))} %`,
    ...[from.trials, from.epochs].map(String),
    fixed(100 * from.validationAccuracy),
  ];
}

/** 1 / (1 + λ) after the last step: how much of the target logit is ψ, and not the plain cosine. */
function finalShare(recipe: LambdaRecipe, epochs: number): number {
  return 1 / (1 + annealedLambda(recipe)(trainingSteps({...experimentConfig, epochs}, null)));
}

/** The grid of weights, and the best of them. */
export function weightGridSection(
  results: readonly TrialRecord[],
  found: Hyperparameters | null,
  image: ImageLink,
): string {
  const {pairs, bestPair, bestWithHinge} = weightGrid(results);
  const heading = '## The weight grid';
  if (bestPair === null) return section(heading, notRunYet('search grid'));
  const trials = ofStudy(results, 'weight grid');
  const epochs = distinct(trials.map(({config}) => config.epochs));
  const seeds = distinct(trials.map(({config}) => config.seed));
  return section(
    heading,
    `First the weights of L-Softmax and A-Softmax, both with m = ${GRID_M}, over the whole square, of which the paper ` +
      'walks one diagonal, where one weight goes up as the other comes down; then SVM on top of the best pair. ' +
      `${count(trials.length, 'trial')} of ${list(epochs.map(String))} epochs, ${count(seeds.length, 'seed')}.`,
    image(
      'reproduction-weight-grid.svg',
      'Validation accuracy for each pair of weights, the paper’s diagonal outlined, and for each weight of SVM on top of the best pair.',
    ),
    `Of ${count(pairs.length, 'pair')} the best is ${weightsText(bestPair)}, with ${fixed(bestPair.accuracy)} % on the validation images` +
      (bestWithHinge === null
        ? '.'
        : `; with SVM on top, ${weightsText(bestWithHinge)}, with ${fixed(bestWithHinge.accuracy)} %.`),
    weightsPart(found?.weights ?? null),
  );
}

function weightsPart(weights: FoundWeights | null): string {
  if (weights === null) return 'The weights are not chosen yet: `npm run cifar10 -- search choose` does it.';
  return `The tables’ row of our own has the weights ${weightsText(weights)}.`;
}
