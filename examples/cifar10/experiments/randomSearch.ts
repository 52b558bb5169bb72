import {lambdaExpression, stretched} from './lambdaRecipe.js';
import {experimentConfig} from './rows.js';
import {type Candidate, drawCandidate, hasMargin, type SearchedLoss} from './searchSpace.js';
import {type Shard, shardOf} from './shard.js';
import {ladder, type Rung, successiveHalving} from './successiveHalving.js';
import type {Trial} from './trial.js';
import {type TrialRecord, validationAccuracyOf} from './trialRecord.js';

/** What one search looks for: the settings of a loss, with a given m or with one that it draws. */
export interface Searched {
  readonly loss: SearchedLoss;
  /** null: drawn. */
  readonly m: number | null;
}

export interface RandomSearchOptions {
  readonly candidates: number;
  /** Of the last rung of successive halving. */
  readonly epochs: number;
  readonly eta: number;
  readonly seed: number;
  readonly limit: number | null;
  readonly shard: Shard;
}

/** `lsoftmax(m=3)`; `lsoftmax` if m is drawn. */
export function searchedName({loss, m}: Searched): string {
  return m === null ? loss : `${loss}(m=${m})`;
}

/** How the search narrows down. A shard is a search of its own among its share of the candidates. */
export function rungsOf({candidates, epochs, eta, shard}: RandomSearchOptions): Rung[] {
  const share = shardOf(Array.from({length: candidates}), shard).length;
  return share === 0 ? [] : ladder({candidates: share, epochs, eta});
}

/** Searches for the settings with the highest validation accuracy. */
export async function randomSearch(
  searched: Searched,
  options: RandomSearchOptions,
  run: (trial: Trial) => Promise<TrialRecord>,
): Promise<void> {
  const indices = Array.from({length: options.candidates}, (_, index) => index);
  const candidates = shardOf(indices, options.shard).map((index) => drawCandidate(options.seed, index));
  await successiveHalving(
    candidates,
    rungsOf(options),
    (candidate, epochs) => run(searchTrial(searched, candidate, epochs, options)),
    // A trial that failed or diverged is worse than any other.
    (record) => validationAccuracyOf(record) ?? -1,
  );
}

function searchTrial(
  searched: Searched,
  candidate: Candidate,
  epochs: number,
  options: RandomSearchOptions,
): Trial {
  const {learningRate, weightDecay, dropout, bias} = candidate;
  const config = {
    ...experimentConfig,
    loss: lossExpression(searched, candidate, epochs / options.epochs),
    ...{learningRate, weightDecay, dropout, bias},
    epochs,
    seed: options.seed,
  };
  return {study: 'random search', label: searchedName(searched), config, limit: options.limit};
}

/** In a training that is cut short, λ falls faster: after the same share of it, it stands where it would have stood. */
function lossExpression({loss, m}: Searched, candidate: Candidate, share: number): string {
  if (!hasMargin(loss)) return loss;
  const recipe = stretched(candidate.lambda, share);
  return `${loss}(m=${m ?? candidate.m}, lambda=${lambdaExpression(recipe)})`;
}
