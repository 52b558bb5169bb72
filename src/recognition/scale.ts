import {mostCount} from '../metrics/rates.js';
import {isHeadScore, type ScoreName} from './scores.js';

/**
 * How cosines with a class of few examples become scores of the known classes: score = offset + slope · cosine. Examples of
 * known classes tell: the score that 5 % of them do not reach stands for the cosine that 5 % do not reach with a class of
 * so many examples, and so does the median.
 */
export interface Scale {
  /** How many examples the class has. */
  readonly examples: number;
  /** Above 0. */
  readonly slope: number;
  /** The score of a cosine of 0. */
  readonly offset: number;
}

/** The scales of classes of several sizes, in ascending order; none where the examples of calibration did not tell. */
export type Scales = readonly Scale[];

/**
 * The scale that takes cosines with classes of so many examples to scores of known examples, both in ascending order; null
 * where they do not tell, since there are none or they are all the same.
 */
export function scaleBetween(examples: number, cosines: Float64Array, scores: Float64Array): Scale | null {
  const [lowCosine, midCosine] = anchors(cosines);
  const [lowScore, midScore] = anchors(scores);
  const slope = (midScore - lowScore) / (midCosine - lowCosine);
  return slope > 0 && Number.isFinite(slope) ? {examples, slope, offset: midScore - slope * midCosine} : null;
}

/**
 * The score of a cosine with a class of so many examples: of sizes in between, on the straight line over 1 / examples, since
 * that is how a mean varies; of larger ones, as of the largest. Without scales it is the cosine itself.
 */
export function scoreFrom(scales: Scales, examples: number, cosine: number): number {
  const place = scales.findIndex((scale) => scale.examples >= examples);
  const above = place < 0 ? scales.at(-1) : scales[place];
  if (above === undefined) return cosine;
  const below = scales[place - 1] ?? above;
  const [one, other] = [below, above].map(({slope, offset}) => offset + slope * cosine) as [number, number];
  if (below === above) return one;
  const part = (1 / below.examples - 1 / examples) / (1 / below.examples - 1 / above.examples);
  return one + part * (other - one);
}

/** The 5 % quantile and the median. */
function anchors(ascending: Float64Array): [low: number, median: number] {
  const at = (share: number) => ascending[mostCount(share, ascending.length - 1)] ?? Number.NaN;
  return [at(0.05), at(0.5)];
}

/** Rejects scores of the head without a scale. */
export function checkScales(what: string, scales: Scales, score: ScoreName): void {
  if (isHeadScore(score) && scales.length === 0) {
    throw new RangeError(
      `${what}: calibration could not tell how cosines with enrolled classes compare with the scores of the head; it takes ` +
        "2 or more known examples of a class, not all with the same score: calibrate with more, or use the score 'prototype'",
    );
  }
}
