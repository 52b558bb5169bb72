import {CombinedLoss, type Loss} from 'tfjs-losses';
import {parseLoss} from '../lossExpression.js';
import type {FoundSettings, FoundWeights, Hyperparameters} from './hyperparameters.js';
import type {LambdaRecipe} from './lambdaRecipe.js';
import {type TrialRecord, validationAccuracyOf} from './trialRecord.js';

/**
 * The best of what the searches tried, by validation accuracy. A search that these results do not have stays as it was
 * chosen before.
 */
export function chooseHyperparameters(
  results: readonly TrialRecord[],
  before: Hyperparameters,
): Hyperparameters {
  const searches = results.filter(({study}) => study === 'random search');
  const names = [...new Set(searches.map(({label}) => label))].sort();
  const chosen = names.flatMap((name) => {
    const settings = bestSettings(searches.filter(({label}) => label === name));
    return settings === undefined ? [] : [[name, settings] as const];
  });
  const weights = bestWeights(results.filter(({study}) => study === 'weight grid'));
  return {settings: {...before.settings, ...Object.fromEntries(chosen)}, weights: weights ?? before.weights};
}

function bestSettings(trials: readonly TrialRecord[]): FoundSettings | undefined {
  // Only those that climbed the whole ladder compare: short trainings end lower.
  const longest = Math.max(...trials.map(({config}) => config.epochs));
  const best = mostAccurate(trials.filter(({config}) => config.epochs === longest));
  if (best === undefined) return undefined;
  const {learningRate, weightDecay, dropout, bias, loss} = best.record.config;
  const {m = null, lambda = null} = parseLoss(loss).getConfig() as {m?: number; lambda?: LambdaRecipe};
  return {
    ...{learningRate, weightDecay, dropout, bias, m, lambda, epochs: longest},
    from: {
      study: 'random search',
      trials: trials.length,
      epochs: trials.reduce((sum, {config}) => sum + config.epochs, 0),
      validationAccuracy: best.accuracy,
      commits: commitsOf(trials),
    },
  };
}

function bestWeights(trials: readonly TrialRecord[]): FoundWeights | undefined {
  const threeWay = trials.filter(({config}) => 'hinge' in weightsOf(parseLoss(config.loss)));
  const best = mostAccurate(threeWay);
  if (best === undefined) return undefined;
  const {hinge, lsoftmax, asoftmax} = weightsOf(parseLoss(best.record.config.loss));
  return {
    ...{hinge: hinge!, lsoftmax: lsoftmax!, asoftmax: asoftmax!},
    from: {
      study: 'weight grid',
      trials: trials.length,
      validationAccuracy: best.accuracy,
      commits: commitsOf(trials),
    },
  };
}

/** The weight of each loss in a combination, through all levels of nesting. */
function weightsOf(loss: Loss, weight = 1): Record<string, number> {
  if (!(loss instanceof CombinedLoss)) return {[loss.name]: weight};
  return Object.assign({}, ...loss.terms.map((term) => weightsOf(term.loss, weight * term.weight)));
}

function mostAccurate(trials: readonly TrialRecord[]) {
  const finished = trials.flatMap((record) => {
    const accuracy = validationAccuracyOf(record);
    return accuracy === null ? [] : [{record, accuracy}];
  });
  if (finished.length === 0) return undefined;
  return finished.reduce((best, each) => (each.accuracy > best.accuracy ? each : best));
}

function commitsOf(trials: readonly TrialRecord[]): string[] {
  return [...new Set(trials.flatMap(({commit}) => commit ?? []))];
}
