import {bestScores} from './comparison.js';
import type {Head} from './head.js';
import {type Known, learn, placesByLabel} from './known.js';
import {type Features, rowsOf, selectRows} from './matrix.js';
import type {RecognizerOptions} from './options.js';
import {merged, type Ranking} from './ranking.js';
import {type Scale, scaleBetween} from './scale.js';
import {type HeadScore, isHeadScore, type ScoreName} from './scores.js';
import type {Snapshot} from './snapshot.js';

/** Classes beside those of the head. */
export interface Galleries {
  /** What the score compares with: nothing under those of the head, else the known examples. */
  readonly learned: Snapshot;
  readonly enrolled: Snapshot;
  /** How cosines with enrolled classes become scores; null only where there is no such class. */
  readonly scale: Scale | null;
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
  rankAll(features: Features, {learned, enrolled, scale}: Galleries, own?: Own): Promise<Ranking[]> {
    return this.#inParts(features, own, async (part, ownOfPart) => {
      const known = await this.#rankPart(this.#options.score, learned, part, ownOfPart);
      if (enrolled.labels.length === 0) return known;
      const {slope, offset} = scale!;
      const others = await enrolled.rank(part);
      return known.map((ranking, i) =>
        merged(
          ranking,
          others[i]!.map(({label, score}) => ({label, score: offset + slope * score})),
        ),
      );
    });
  }

  /** How cosines with enrolled classes become scores of the head, from the known classes, which have both. */
  async scaleFor({features, labels}: Known, score: HeadScore): Promise<Scale | null> {
    const places = placesByLabel(labels);
    const classes = this.#options.labels.filter((label) => (places.get(label)?.length ?? 0) > 1);
    if (classes.length === 0) return null;
    const chosen = classes.flatMap((label) => places.get(label)!);
    const known = {features: selectRows(features, chosen), labels: chosen.map((i) => labels[i]!)};
    const prototypes = learn('calibrate', known, classes, 'prototype', this.#options.k).snapshot();
    const cosines = await this.rankKnown('prototype', prototypes, known.features, known.labels);
    const scores = await this.rankKnown(score, prototypes, known.features);
    return scaleBetween(bestScores(cosines).sort(), bestScores(scores).sort());
  }

  #rankPart(score: ScoreName, learned: Snapshot, part: Features, own?: Own): Promise<Ranking[]> {
    return isHeadScore(score) ? this.#head!.rank(part, score, this.#options.labels) : learned.rank(part, own);
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
