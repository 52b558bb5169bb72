import type {Hyperparameters} from './hyperparameters.js';
import {experimentConfig, optimisation, termWith} from './rows.js';
import {type Shard, shardOf} from './shard.js';
import {type Trial, trialKey} from './trial.js';
import {type TrialRecord, validationAccuracyOf} from './trialRecord.js';

/** The paper's weights: 0.20 to 0.90 in steps of 0.1. */
export const gridWeights: readonly number[] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** m of both margin losses in the grid: that of the paper's best combination. */
export const GRID_M = 4;

/** The search that the grid's learning rate, weight decay, dropout and bias come from, as in the tables. */
const settingsFrom = `lsoftmax(m=${GRID_M})`;

/** Weights of L-Softmax and A-Softmax. */
export interface WeightPair {
  readonly lsoftmax: number;
  readonly asoftmax: number;
}

export const weightPairs: readonly WeightPair[] = gridWeights.flatMap((lsoftmax) =>
  gridWeights.map((asoftmax) => ({lsoftmax, asoftmax})),
);

/** Whether the paper tried the pair: it let one weight go up as the other went down. */
export function isOnPapersLine({lsoftmax, asoftmax}: WeightPair): boolean {
  return gridWeights.indexOf(lsoftmax) + gridWeights.indexOf(asoftmax) === gridWeights.length - 1;
}

export interface GridOptions {
  readonly epochs: number;
  readonly seed: number;
  readonly limit: number | null;
}

/** First stage: L-Softmax and A-Softmax alone. */
export function pairTrial(pair: WeightPair, found: Hyperparameters, options: GridOptions): Trial {
  return gridTrial(pairExpression(pair, found, options), pairLabel(pair), found, options);
}

/** Second stage: the best pair as one loss, and SVM on top. */
export function hingeTrial(
  hinge: number,
  best: WeightPair,
  found: Hyperparameters,
  options: GridOptions,
): Trial {
  const loss = `${hinge}*hinge + 1*(${pairExpression(best, found, options)})`;
  return gridTrial(loss, hingeLabel(hinge, best), found, options);
}

/** The pair with the highest validation accuracy; undefined as long as there is a pair without a record. */
export function bestPair(
  records: readonly TrialRecord[],
  found: Hyperparameters,
  options: GridOptions,
): WeightPair | undefined {
  const byKey = new Map(records.map((record) => [trialKey(record), record]));
  const tried = weightPairs.map((pair) => ({
    pair,
    record: byKey.get(trialKey(pairTrial(pair, found, options))),
  }));
  if (tried.some(({record}) => record === undefined)) return undefined;
  const accuracy = ({record}: (typeof tried)[number]) => (record && validationAccuracyOf(record)) ?? -1;
  return tried.reduce((best, each) => (accuracy(each) > accuracy(best) ? each : best)).pair;
}

/**
 * Both stages. The second one needs all of the first: a shard that has not got it, from itself and `others`, leaves the
 * second stage out.
 *
 * @returns whether the second stage was run.
 */
export async function weightGrid(
  found: Hyperparameters,
  options: GridOptions & {readonly shard: Shard},
  others: readonly TrialRecord[],
  run: (trial: Trial) => Promise<TrialRecord>,
): Promise<boolean> {
  const {shard} = options;
  const pairs = shardOf(weightPairs, shard);
  const records = await Promise.all(pairs.map((pair) => run(pairTrial(pair, found, options))));
  const best = bestPair([...others, ...records], found, options);
  if (best === undefined) return false;
  const weights = shardOf(gridWeights, shard);
  await Promise.all(weights.map((hinge) => run(hingeTrial(hinge, best, found, options))));
  return true;
}

function gridTrial(
  loss: string,
  label: string,
  found: Hyperparameters,
  {epochs, seed, limit}: GridOptions,
): Trial {
  const config = {...experimentConfig, ...optimisation(found, settingsFrom), loss, epochs, seed};
  return {study: 'weight grid', label, config, limit};
}

function pairExpression(
  {lsoftmax, asoftmax}: WeightPair,
  found: Hyperparameters,
  {epochs}: GridOptions,
): string {
  const term = termWith(found, epochs);
  return `${lsoftmax}*${term('lsoftmax', GRID_M)} + ${asoftmax}*${term('asoftmax', GRID_M)}`;
}

/** The label of the trial of a pair. */
export function pairLabel({lsoftmax, asoftmax}: WeightPair): string {
  return `${lsoftmax} L-Softmax + ${asoftmax} A-Softmax`;
}

/** The label of the trial of a pair with SVM on top. */
export function hingeLabel(hinge: number, pair: WeightPair): string {
  return `${hinge} SVM + (${pairLabel(pair)})`;
}
