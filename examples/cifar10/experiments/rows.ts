import {defaultConfig, type TrainConfig} from '../config.js';
import type {FoundSettings, Hyperparameters} from './hyperparameters.js';
import {lambdaExpression, stretched} from './lambdaRecipe.js';
import type {Trial} from './trial.js';

/** A row of the paper's tables, or one of our own beside them. */
export interface Row {
  /** For files and for looking it up: `lsoftmax-3`. */
  readonly id: string;
  /** As the tables print it. */
  readonly title: string;
  /** The paper's table; null for a row that the paper does not have. */
  readonly table: 1 | 2 | null;
  /** m of its margin losses; null if it has none. */
  readonly m: number | null;
  /** The search that its learning rate, weight decay, dropout and bias come from: that of its leading term. */
  readonly settingsFrom: string;
  /** The loss expression, given that of a term. */
  readonly loss: (term: TermExpression, found: Hyperparameters) => string;
}

/** The expression of a margin loss, with the λ that its own search found. */
export type TermExpression = (name: 'lsoftmax' | 'asoftmax', m: number) => string;

const margins = [2, 3, 4];

const alone: readonly Row[] = [
  {id: 'hinge', title: 'SVM (hinge)', table: 1, m: null, settingsFrom: 'hinge', loss: () => 'hinge'},
  {id: 'softmax', title: 'Softmax', table: 1, m: null, settingsFrom: 'softmax', loss: () => 'softmax'},
  ...(['lsoftmax', 'asoftmax'] as const).flatMap((name) =>
    margins.map(
      (m): Row => ({
        id: `${name}-${m}`,
        title: `${name === 'lsoftmax' ? 'L-Softmax' : 'A-Softmax'}, m = ${m}`,
        table: 1,
        m,
        settingsFrom: `${name}(m=${m})`,
        loss: (term) => term(name, m),
      }),
    ),
  ),
];

/** The paper says which weight is the higher one, not what the weights are: these are ours. */
const hingeAndSoftmax = [
  {id: 'hinge-softmax-higher', title: 'higher weight to Softmax', hinge: 0.25, softmax: 0.75},
  {id: 'hinge-softmax-equal', title: 'equal weights', hinge: 0.5, softmax: 0.5},
  {id: 'hinge-softmax-lower', title: 'lower weight to Softmax', hinge: 0.75, softmax: 0.25},
].map(
  ({id, title, hinge, softmax}): Row => ({
    id,
    title: `${hinge} SVM + ${softmax} Softmax: ${title}`,
    table: 2,
    m: null,
    settingsFrom: 'softmax',
    loss: () => `${hinge}*hinge + ${softmax}*softmax`,
  }),
);

const twoWay = (term: TermExpression, m: number) =>
  `0.65*${term('lsoftmax', m)} + 0.34*${term('asoftmax', m)}`;

const together: readonly Row[] = [
  ...hingeAndSoftmax,
  ...margins.map(
    (m): Row => ({
      id: `lsoftmax-asoftmax-${m}`,
      title: `0.65 L-Softmax + 0.34 A-Softmax, m = ${m}`,
      table: 2,
      m,
      settingsFrom: `lsoftmax(m=${m})`,
      loss: (term) => twoWay(term, m),
    }),
  ),
  ...margins.map(
    (m): Row => ({
      id: `hinge-lsoftmax-asoftmax-${m}`,
      title: `0.25 SVM + 0.65 L-Softmax + 0.34 A-Softmax, m = ${m}`,
      table: 2,
      m,
      settingsFrom: `lsoftmax(m=${m})`,
      loss: (term) => `0.25*hinge + ${twoWay(term, m)}`,
    }),
  ),
];

/** The three-way combination with the weights that our own grid search found, in place of the paper's. */
const withOurWeights: Row = {
  id: 'grid-weights-4',
  title: 'SVM + L-Softmax + A-Softmax with the weights of our grid, m = 4',
  table: null,
  m: 4,
  settingsFrom: 'lsoftmax(m=4)',
  loss: (term, {weights}) => {
    if (weights === null)
      throw new Error('there are no weights of the grid search; run "search grid" and "search choose" first');
    const pair = `${weights.lsoftmax}*${term('lsoftmax', 4)} + ${weights.asoftmax}*${term('asoftmax', 4)}`;
    return `${weights.hinge}*hinge + ${pair}`;
  },
};

/** The 17 rows of the paper's two tables, in its order. */
export const paperRows: readonly Row[] = [...alone, ...together];

export const rows: readonly Row[] = [...paperRows, withOurWeights];

/** What all experiments have in common, whatever the loss. The paper's network has five layers of 100. */
export const experimentConfig: TrainConfig = {...defaultConfig, hidden: [256, 128, 128]};

export interface RowOptions {
  readonly seed: number;
  readonly limit: number | null;
}

/** The trial of a row with what the searches found. */
export function rowTrial(row: Row, found: Hyperparameters, {seed, limit}: RowOptions): Trial {
  const loss = row.loss(termWith(found, experimentConfig.epochs), found);
  const config = {...experimentConfig, ...optimisation(found, row.settingsFrom), loss, seed};
  return {study: 'tables', label: row.id, config, limit};
}

/** A short training of a row, to see how long an epoch takes: the first of the three is slow, while the code is compiled. */
export function timingTrial(row: Row, found: Hyperparameters, {seed, limit}: RowOptions): Trial {
  const {config, ...trial} = rowTrial(row, found, {seed, limit: limit ?? TIMED_IMAGES});
  return {...trial, study: 'timing', config: {...config, epochs: 3}};
}

/** An epoch of so many takes a quarter of the time, and compares as well. */
const TIMED_IMAGES = 10_000;

/** Margin losses with the λ that each one's search found, for a training of this length. */
export function termWith(found: Hyperparameters, epochs: number): TermExpression {
  return (name, m) => {
    const {lambda, ...settings} = settingsOf(found, `${name}(m=${m})`);
    if (lambda === null) return `${name}(m=${m})`;
    return `${name}(m=${m}, lambda=${lambdaExpression(stretched(lambda, epochs / settings.epochs))})`;
  };
}

/** The part of the settings that is not the loss's own. */
export function optimisation(found: Hyperparameters, searched: string) {
  const {learningRate, weightDecay, dropout, bias} = settingsOf(found, searched);
  return {learningRate, weightDecay, dropout, bias};
}

/** The settings found for this loss with this m, or else for this loss with an m that the search drew. */
function settingsOf({settings}: Hyperparameters, searched: string): FoundSettings {
  const found = settings[searched] ?? settings[searched.split('(')[0]!];
  if (found === undefined) {
    throw new Error(
      `no search has found settings for ${searched} yet; run "npm run cifar10 -- search random", then "search choose"`,
    );
  }
  return found;
}
