import {mostCount} from '../metrics/rates.js';

/**
 * How cosines with examples become scores of a head: score = offset + slope · cosine. Examples of known classes tell:
 * the score that 5 % of them do not reach stands for the cosine that 5 % of them do not reach, and so does the median.
 */
export interface Scale {
  /** Above 0. */
  readonly slope: number;
  /** The score of a cosine of 0. */
  readonly offset: number;
}

/** The scale of cosines that need none. */
export const IDENTITY: Scale = {slope: 1, offset: 0};

/**
 * The scale that takes cosines to scores, both of the same known examples and in ascending order; null where they
 * do not tell, since there are none or they are all the same.
 */
export function scaleBetween(cosines: Float64Array, scores: Float64Array): Scale | null {
  const [lowCosine, midCosine] = anchors(cosines);
  const [lowScore, midScore] = anchors(scores);
  const slope = (midScore - lowScore) / (midCosine - lowCosine);
  return slope > 0 && Number.isFinite(slope) ? {slope, offset: midScore - slope * midCosine} : null;
}

/** The 5 % quantile and the median. */
function anchors(ascending: Float64Array): [low: number, median: number] {
  const at = (share: number) => ascending[mostCount(share, ascending.length - 1)] ?? Number.NaN;
  return [at(0.05), at(0.5)];
}

/** Rejects a scale that could not be found. */
export function checkScale(what: string, scale: Scale | null): void {
  if (scale === null) {
    throw new RangeError(
      `${what}: calibration could not tell how cosines with enrolled classes compare with the scores of the head; it takes ` +
        "2 or more known examples of a class, not all with the same score: calibrate with more, or use the score 'prototype'",
    );
  }
}
