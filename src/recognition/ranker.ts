import {bestScores} from './comparison.js';
import {classSizes, fewShotCosines} from './fewShot.js';
import type {Head} from './head.js';
import {type Known, placesByLabel} from './known.js';
import {type Features, rowsOf} from './matrix.js';
import type {RecognizerOptions} from './options.js';
import {merged, type Ranking} from './ranking.js';
import {type Scale, type Scales, scaleBetween, scoreFrom} from './scale.js';
import {isHeadScore, type ScoreName} from './scores.js';
import type {Snapshot} from './snapshot.js';

/** Classes beside those of the head. */
export interface Galleries {
  /** What the score compares with: nothing under those of the head, else the known examples. */
  readonly learned: Snapshot;
  readonly enrolled: Snapshot;
  /** How cosines with enrolled classes become scores. */
  readonly scales: Scales;
}

/** Which class each example went into, for examples that classes were learned from. */
type Own = readonly string[];

/** Ranks classes for examples by features, a part at a time. */
export class Ranker {
  readonly #head: Head | null;
  readonly #options: Required<RecognizerOptions>;

  constructor(head: Head | null, options: Required<RecognizerOptions>) {
    this.#head = head;
    this.#options = options;
  }

  /** Ranks the classes of the head, or those learned. */
  rankKnown(score: ScoreName, learned: Snapshot, features: Features, own?: Own): Promise<Ranking[]> {
    return this.#inParts(features, own, (...part) => this.#rankPart(score, learned, ...part));
  }

  /** Ranks all classes. */
  async rankAll(features: Features, galleries: Galleries): Promise<Ranking[]> {
    const known = await this.rankKnown(this.#options.score, galleries.learned, features);
    return this.withEnrolled(known, features, galleries);
  }

  /** Ranks all classes, after the known ones were. */
  async withEnrolled(
    known: readonly Ranking[],
    features: Features,
    {enrolled, scales}: Omit<Galleries, 'learned'>,
  ): Promise<Ranking[]> {
    if (enrolled.labels.length === 0) return [...known];
    const scoreOf = (cosine: number, examples: number) => scoreFrom(scales, examples, cosine);
    const others = await this.#inParts(features, undefined, (part) => enrolled.rank(part, {scoreOf}));
    return known.map((ranking, i) => merged(ranking, others[i]!));
  }

  /**
   * How cosines with enrolled classes become scores: those of known examples with classes of a few others of their own class,
   * beside the scores that they have.
   */
  async scalesFor({features, labels}: Known, rankings: readonly Ranking[]): Promise<Scales> {
    const {score, k} = this.#options;
    const classes = [...placesByLabel(labels).values()].filter((places) => places.length > 1);
    const scores = bestScores(classes.flat().map((place) => rankings[place]!)).sort();
    const scales: Scale[] = [];
    for (const size of classSizes(Math.max(0, ...classes.map((places) => places.length)))) {
      const larger = classes.filter((places) => places.length > size);
      const cosines = await fewShotCosines(
        features,
        larger,
        size,
        isHeadScore(score) ? 'prototype' : score,
        k,
      );
      const scale = scaleBetween(size, cosines, scores);
      if (scale) scales.push(scale);
    }
    return scales;
  }

  #rankPart(score: ScoreName, learned: Snapshot, part: Features, own?: Own): Promise<Ranking[]> {
    return isHeadScore(score)
      ? this.#head!.rank(part, score, this.#options.labels)
      : learned.rank(part, {own});
  }

  async #inParts(
    features: Features,
    own: Own | undefined,
    rank: (part: Features, own?: Own) => Promise<Ranking[]>,
  ): Promise<Ranking[]> {
    const {batchSize} = this.#options;
    const rankings: Ranking[][] = [];
    for (let start = 0; start < features.count; start += batchSize) {
      const part = rowsOf(features, start, batchSize);
      rankings.push(await rank(part, own?.slice(start, start + batchSize)));
    }
    return rankings.flat();
  }
}
