import type {FoundSettings, Hyperparameters} from '../experiments/hyperparameters.js';
import {experimentConfig} from '../experiments/rows.js';
import type {Trial} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {madeUpRecord} from '../report/madeUpResults.js';

/** A record of a trial that was done, with this validation accuracy; a diverged one for null. */
export function recordOf(trial: Trial, validationAccuracy: number | null): TrialRecord {
  const record = madeUpRecord(trial, {
    test: (validationAccuracy ?? 0.1) - 0.01,
    validation: validationAccuracy ?? 0.1,
  });
  if (validationAccuracy !== null) return record;
  return {...record, outcome: 'diverged', problem: 'no finite numbers after 3 steps', final: null};
}

/** A trial that differs from others in its seed. */
export function trialOf(seed: number, config: Partial<Trial['config']> = {}): Trial {
  return {study: 'tables', label: 'softmax', config: {...experimentConfig, ...config, seed}, limit: null};
}

const settings: FoundSettings = {
  ...{learningRate: 0.002, weightDecay: 0.4, dropout: 0.1, bias: false, m: null, lambda: null, epochs: 10},
  from: {study: 'random search', trials: 18, epochs: 44, validationAccuracy: 0.55, commits: ['c0ffee']},
};
const marginSettings = (m: number, min: number): FoundSettings => ({
  ...settings,
  m,
  lambda: {base: 1000, gamma: 0.12, power: 1, min},
});

/** What searches of every loss might have found. */
export const foundSettings: Hyperparameters = {
  settings: {
    hinge: {...settings, learningRate: 0.001},
    softmax: settings,
    'lsoftmax(m=2)': marginSettings(2, 12),
    'lsoftmax(m=3)': marginSettings(3, 13),
    'lsoftmax(m=4)': {...marginSettings(4, 14), learningRate: 0.004},
    asoftmax: marginSettings(4, 20),
  },
  weights: null,
};
