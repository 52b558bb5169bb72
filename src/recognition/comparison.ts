import {auroc} from '../metrics/auroc.js';
import {oscr} from '../metrics/oscr.js';
import {fprAtTpr} from '../metrics/rates.js';
import type {Comparison, ScoreQuality} from './answers.js';
import type {Ranking} from './ranking.js';
import type {ScoreName} from './scores.js';

/** How known examples and strangers rank under a score. */
export interface RankedExamples {
  readonly known: readonly Ranking[];
  /** The classes of the known. */
  readonly labels: readonly string[];
  readonly unknown: readonly Ranking[];
}

export function qualityOf({known, labels, unknown}: RankedExamples): ScoreQuality {
  const [positives, negatives] = [bestScores(known), bestScores(unknown)];
  const correct = known.map((ranking, i) => ranking[0]!.label === labels[i]);
  return {
    auroc: auroc(positives, negatives),
    fpr95: fprAtTpr(positives, negatives),
    oscr: oscr(positives, correct, negatives),
  };
}

/** Names the best of several scores. */
export function comparisonOf(qualities: readonly (readonly [ScoreName, ScoreQuality])[]): Comparison {
  const [best] = qualities.reduce((best, each) => (each[1].auroc > best[1].auroc ? each : best));
  return {best, scores: Object.fromEntries(qualities)};
}

/** The score of the best candidate for each example. */
export function bestScores(rankings: readonly Ranking[]): Float64Array {
  return Float64Array.from(rankings, (ranking) => ranking[0]!.score);
}
