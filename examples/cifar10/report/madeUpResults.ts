import type {Hyperparameters} from '../experiments/hyperparameters.js';
import {
  type Hypothesis,
  hypotheses,
  oddMarginLosses,
  oddMarginMs,
  oddMarginTrial,
} from '../experiments/oddMargins.js';
import {experimentConfig, rows, rowTrial, timingTrial} from '../experiments/rows.js';
import {isTested, type Trial} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {gridWeights, hingeTrial, pairTrial, type WeightPair, weightPairs} from '../experiments/weightGrid.js';

/** Results for the tests, of whose numbers nothing is true. */

export const madeUpSettings: Hyperparameters = {
  settings: Object.fromEntries(
    ['hinge', 'softmax', 'lsoftmax', 'asoftmax'].map((loss) => [
      loss,
      {
        ...{learningRate: 0.0042, weightDecay: 0.7, dropout: 0.13, bias: true},
        epochs: experimentConfig.epochs,
        m: loss.startsWith('a') ? 3 : null,
        lambda: loss.endsWith('tsoftmax') ? null : {base: 900, gamma: 0.2, power: 1, min: 7},
        from: {
          study: 'random search',
          trials: 19,
          epochs: 83,
          validationAccuracy: 0.5555,
          commits: ['c0ffee'],
        },
      },
    ]),
  ),
  weights: {
    ...{lsoftmax: 0.8, asoftmax: 0.3, hinge: 0.4},
    from: {study: 'weight grid', trials: 72, validationAccuracy: 0.57, commits: ['c0ffee']},
  },
};

/** Shares in [0, 1]. */
export interface MadeUpOutcome {
  readonly test: number;
  readonly validation?: number;
  readonly seconds?: number;
}

export function madeUpRecord(
  trial: Trial,
  {test, validation = test, seconds = 4}: MadeUpOutcome,
): TrialRecord {
  const epochs = Array.from({length: trial.config.epochs}, (_, epoch) => (epoch + 1) / trial.config.epochs);
  return {
    ...trial,
    outcome: 'done',
    problem: null,
    stepsPerEpoch: 313,
    curves: {
      trainAccuracy: epochs.map((share) => share * test),
      validationAccuracy: epochs.map((share) => share * validation),
    },
    secondsPerEpoch: epochs.map(() => seconds),
    final: !isTested(trial)
      ? null
      : {trainAccuracy: test + 0.1, validationAccuracy: validation, testAccuracy: test},
    seconds: seconds * trial.config.epochs,
    startedAt: '2026-01-01T00:00:00.000Z',
    versions: {backend: 'wasm', node: '20.0.0'},
    command: `npm run cifar10 -- ${trial.study}`,
    commit: 'c0ffee',
  };
}

/** What a trial gives that stops with an error. */
export function failed(record: TrialRecord, problem: string): TrialRecord {
  return {...record, outcome: 'failed', problem, final: null};
}

/** Every row with seeds 1 … n. */
export function madeUpTables(
  seeds: number,
  outcome: (id: string, seed: number) => MadeUpOutcome,
): TrialRecord[] {
  return trialsOfRows(rowTrial, seeds, outcome);
}

export function madeUpTimes(
  seeds: number,
  outcome: (id: string, seed: number) => MadeUpOutcome,
): TrialRecord[] {
  return trialsOfRows(timingTrial, seeds, outcome);
}

function trialsOfRows(
  trialOf: typeof rowTrial,
  seeds: number,
  outcome: (id: string, seed: number) => MadeUpOutcome,
): TrialRecord[] {
  return rows.flatMap((row) =>
    Array.from({length: seeds}, (_, index) =>
      madeUpRecord(trialOf(row, madeUpSettings, {seed: index + 1, limit: null}), outcome(row.id, index + 1)),
    ),
  );
}

/** Both stages; the second on top of `best`. */
export function madeUpGrid(
  best: WeightPair,
  accuracy: (weights: WeightPair & {readonly hinge: number}) => number,
): TrialRecord[] {
  const options = {epochs: 3, seed: 0, limit: null};
  return [
    ...weightPairs.map((pair) =>
      madeUpRecord(pairTrial(pair, madeUpSettings, options), {test: accuracy({...pair, hinge: 0})}),
    ),
    ...gridWeights.map((hinge) =>
      madeUpRecord(hingeTrial(hinge, best, madeUpSettings, options), {test: accuracy({...best, hinge})}),
    ),
  ];
}

export function madeUpSearch(): TrialRecord[] {
  const {settings} = madeUpSettings;
  return Object.entries(settings).flatMap(([label, {learningRate, weightDecay, dropout, bias, from}]) =>
    [0.001, learningRate].map((rate, index) =>
      madeUpRecord(
        {
          study: 'random search',
          label,
          config: {
            ...experimentConfig,
            loss: label,
            learningRate: rate,
            weightDecay,
            dropout,
            bias,
            epochs: 2 + index,
          },
          limit: null,
        },
        {test: 0.5, validation: index === 0 ? 0.51 : from.validationAccuracy},
      ),
    ),
  );
}

export function madeUpOddMargins(
  accuracy: (hypothesis: Hypothesis, loss: string, m: number) => number,
): TrialRecord[] {
  return hypotheses.flatMap((hypothesis) =>
    oddMarginLosses.flatMap((loss) =>
      oddMarginMs.map((m) =>
        madeUpRecord(oddMarginTrial(loss, m, hypothesis, {seed: 1, epochs: 2, limit: null}), {
          test: accuracy(hypothesis, loss, m),
        }),
      ),
    ),
  );
}
