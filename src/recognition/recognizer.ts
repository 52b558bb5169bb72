import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {shareFrom} from '../metrics/rates.js';
import type {Answer, Calibration, Comparison, Enrolment} from './answers.js';
import {type Backbone, backboneOf, extract, type FeatureFunction} from './backbone.js';
import {type CalibrationTarget, checkTarget, thresholdFor} from './calibration.js';
import {bestScores, comparisonOf, qualityOf} from './comparison.js';
import type {Batch} from './examples.js';
import {Gallery} from './gallery.js';
import type {Head} from './head.js';
import {type CalibrationJson, checkJson, FORMAT, type RecognizerJson, VERSION} from './json.js';
import {checkLabels, checkOneLabelEach, type Known, type LabelledExamples, learn, listed} from './known.js';
import {type Features, selectRows} from './matrix.js';
import {checkName, completed, type RecognizerOptions} from './options.js';
import {Ranker} from './ranker.js';
import type {Ranking} from './ranking.js';
import {checkScales, type Scales} from './scale.js';
import {EXAMPLE_SCORES, HEAD_SCORES, isHeadScore, type ScoreName} from './scores.js';

/** Examples to calibrate with, or to compare scores on. */
export interface CalibrationExamples<B extends Batch = Batch> {
  /** Examples of known classes, none of which the model was trained with. */
  readonly known?: LabelledExamples<B>;
  /** Examples of strangers, which belong to no class. */
  readonly unknown?: B;
}

/**
 * A classifier that says "unknown". {@link recognizer} makes one.
 *
 * Wrong options throw at once; what is wrong with examples rejects the promise. Calls leave no tensors behind, and do not dispose
 * of tensors that they are given.
 */
export class Recognizer<B extends Batch = Batch> {
  readonly #backbone: Backbone;
  readonly #options: Required<RecognizerOptions>;
  readonly #ranker: Ranker;
  /** The classes that calibration learned from examples; none under the scores of the head. */
  #learned: Gallery;
  readonly #enrolled: Gallery;
  #calibration: CalibrationJson | null = null;
  /** Tells the head that classes and threshold are of from others; null without one. */
  #head: string | null;

  /** What {@link recognizer} calls. */
  constructor(source: LayersModel | FeatureFunction<B>, options: RecognizerOptions = {}) {
    this.#backbone = backboneOf(source as LayersModel | FeatureFunction);
    this.#options = completed(options, this.#backbone.head);
    this.#ranker = new Ranker(this.#backbone.head, this.#options);
    this.#learned = this.#gallery();
    this.#enrolled = this.#gallery();
    this.#head = this.#backbone.head?.size ?? null;
  }

  /** The names of all classes that an answer can have. */
  get labels(): string[] {
    return [...this.#knownLabels, ...this.#enrolled.labels];
  }

  /** The name of the score. */
  get score(): ScoreName {
    return this.#options.score;
  }

  /** The smallest score that is accepted; null before `calibrate`. */
  get threshold(): number | null {
    return this.#calibration?.threshold ?? null;
  }

  /**
   * Finds the threshold. Give examples that the model was not trained on: it is more confident about its training examples.
   *
   * `{falseReject: 0.05}` refuses 5 % of the known: the largest threshold t with |known < t| / |known| ≤ 0.05.
   * `{falseAccept: 0.01}` accepts 1 % of the strangers: |unknown ≥ t| / |unknown| ≤ 0.01, t in the middle of the gap between the
   * last stranger refused and the next score.
   *
   * Under `'prototype'` and `'knn'` the classes consist of the known examples; each of them is compared with its class without
   * that example. Known examples may also be of enrolled classes.
   *
   * @param examples - Known examples with their labels, and strangers, which `falseAccept` needs. Without a head, once there
   * are classes, strangers alone are sufficient. Classes learned before are kept if no example of such a class is given.
   * @param target - `{falseReject}` or `{falseAccept}`, at least 0 and less than 1.
   * @returns The threshold, and what it does to the examples given.
   * @throws At once: TypeError or RangeError if the target is none. Rejects: TypeError or RangeError if labels are
   * missing or unknown, a class has too few examples, or features do not fit or are not finite.
   */
  calibrate(examples: CalibrationExamples<B>, target: CalibrationTarget): Promise<Calibration> {
    checkTarget(target);
    return this.#calibrate(examples ?? {}, target);
  }

  /**
   * Says of each example which class it belongs to, or that it is unknown.
   *
   * @param examples - A batch: a tensor [batch, …], or an array of examples.
   * @returns One answer per example.
   * @throws Rejects: RangeError if it is not calibrated yet, or if features do not fit or are not finite; TypeError if
   * this is no batch.
   */
  async recognize(examples: B): Promise<Answer[]> {
    const calibration = this.#calibration;
    if (calibration === null) {
      throw new RangeError(
        'recognize: there is no threshold yet; await calibrate({known: {xs, labels}}, {falseReject: 0.05}) first',
      );
    }
    if (this.labels.length === 0) {
      throw new RangeError('recognize: there is no class left; enroll one first');
    }
    const {threshold, scales} = calibration;
    // The classes of this moment, whatever happens while features are computed.
    const galleries = {learned: this.#learned.snapshot(), enrolled: this.#enrolled.snapshot(), scales};
    const features = await this.#extract('recognize', examples);
    const rankings = await this.#ranker.rankAll(features, galleries);
    return rankings.map(([best, next]) => ({
      label: best!.score >= threshold ? best!.label : null,
      score: best!.score,
      threshold,
      nearest: best!.label,
      runnerUp: next ?? null,
    }));
  }

  /**
   * Adds a class without training: the mean direction of a few examples, or under `'knn'` the examples themselves. For a
   * class that was enrolled before, adds examples to it.
   *
   * @param label - Its name.
   * @param examples - A tensor [batch, …] or an array of examples, at least one.
   * @returns The state of the class and of the calibration.
   * @throws At once: TypeError if the label is no name, RangeError if it is a class of the head or of calibration.
   * Rejects: as `recognize` does; RangeError if calibration could not find how cosines compare with the head's scores, or
   * if the weights of the head have changed since calibration.
   */
  enroll(label: string, examples: B): Promise<Enrolment> {
    checkName('enroll', label);
    this.#checkNew('enroll', [label], this.#knownLabels);
    return this.#enroll(label, examples);
  }

  /**
   * Removes an enrolled class. The threshold does not change.
   *
   * @throws RangeError if no such class is enrolled.
   */
  forget(label: string): void {
    if (!this.#enrolled.has(label)) {
      throw new RangeError(
        `forget: '${label}' is not enrolled; enrolled are ${listed(this.#enrolled.labels) || 'none'}`,
      );
    }
    this.#enrolled.delete(label);
  }

  /**
   * Tries every score on the same examples. Enrolled classes are not included, and the recognizer does not change; make one with
   * the best score.
   *
   * @param examples - Known examples of the head's classes (without a head, of any) and strangers.
   * @returns AUROC, FPR95 and OSCR of each score, and which is best.
   * @throws Rejects: as `calibrate` does.
   */
  async compare(examples: Required<CalibrationExamples<B>>): Promise<Comparison> {
    const {head} = this.#backbone;
    if (examples?.known !== undefined && examples.unknown === undefined) {
      throw new TypeError('compare: it needs examples of strangers as well; give {known, unknown}');
    }
    const known = await this.#known('compare', examples?.known, head && this.#options.labels);
    const unknown = await this.#extract('compare: unknown', examples.unknown, known.features);
    const qualities = [];
    for (const score of head ? [...HEAD_SCORES, ...EXAMPLE_SCORES] : EXAMPLE_SCORES) {
      const learned = this.#learn('compare', known, known.labels, score).snapshot();
      const ranked = {
        known: await this.#ranker.rankKnown(score, learned, known.features, known.labels),
        labels: known.labels,
        unknown: await this.#ranker.rankKnown(score, learned, unknown),
      };
      qualities.push([score, qualityOf(ranked)] as const);
    }
    return comparisonOf(qualities);
  }

  /**
   * Everything except the model, as plain data for `JSON.stringify`. {@link recognizer}.fromJSON restores it.
   */
  toJSON(): RecognizerJson {
    const {labels, score, k, batchSize} = this.#options;
    return {
      format: FORMAT,
      version: VERSION,
      head: this.#head,
      labels,
      score,
      k,
      batchSize,
      calibration: this.#calibration,
      learned: this.#learned.toJSON(),
      enrolled: this.#enrolled.toJSON(),
    };
  }

  /** @internal */
  static async fromJSON<B extends Batch>(
    source: LayersModel | FeatureFunction<B>,
    json: RecognizerJson,
  ): Promise<Recognizer<B>> {
    checkJson(json);
    const {labels, score, k, batchSize} = json;
    const {head} = backboneOf(source as LayersModel | FeatureFunction);
    await checkSameHead(json.head, head);
    const made = new Recognizer<B>(source, {...(head && {labels}), score, k, batchSize});
    made.#head = json.head;
    made.#calibration = json.calibration;
    made.#learned.addJson(json.learned);
    made.#enrolled.addJson(json.enrolled);
    return made;
  }

  /** The classes that are not enrolled. */
  get #knownLabels(): readonly string[] {
    return this.#backbone.head ? this.#options.labels : this.#learned.labels;
  }

  async #calibrate(
    {known, unknown}: CalibrationExamples<B>,
    target: CalibrationTarget,
  ): Promise<Calibration> {
    this.#checkGiven(known !== undefined, unknown !== undefined, target);
    const allowed = this.#backbone.head && this.labels;
    const [enrolled, before, scalesBefore] = [
      this.#enrolled.snapshot(),
      this.#learned,
      this.#calibration?.scales ?? [],
    ];
    const examples = known && (await this.#known('calibrate', known, allowed));
    const strangers = unknown && (await this.#extract('calibrate: unknown', unknown, examples?.features));
    const isEnrolled = new Set(enrolled.labels);
    const ownLabels = examples?.labels.filter((label) => !isEnrolled.has(label));
    const keepsLearned = this.#backbone.head === null && !ownLabels?.length;
    const learned = keepsLearned ? before : this.#learn('calibrate', examples!, ownLabels!, this.score);
    const snapshot = learned.snapshot();
    const rank = (features: Features, own?: readonly string[]) =>
      this.#ranker.rankKnown(this.score, snapshot, features, own);
    const ranked = examples && (await rank(examples.features, examples.labels));
    const scales = keepsLearned ? scalesBefore : await this.#scalesFor(examples!, isEnrolled, ranked!);
    if (isEnrolled.size > 0) checkScales('calibrate', scales, this.score);
    const scoresOf = async (features?: Features, rankings?: readonly Ranking[]) =>
      features && rankings
        ? bestScores(await this.#ranker.withEnrolled(rankings, features, {enrolled, scales})).sort()
        : new Float64Array();
    const accepted = await scoresOf(examples?.features, ranked);
    const refused = await scoresOf(strangers, strangers && (await rank(strangers)));
    const threshold = thresholdFor(target, accepted, refused);
    const head = await this.#fingerprint();

    // From here on nothing is awaited: what was enrolled since the call began has to fit, too.
    if (this.#enrolled.labels.length > 0) checkScales('calibrate', scales, this.score);
    this.#checkNew('calibrate', learned.labels, this.#enrolled.labels);
    this.#head = head;
    this.#learned = learned;
    this.#calibration = {threshold, target, scales};
    return {
      threshold,
      falseReject: examples ? accepted.filter((score) => score < threshold).length / accepted.length : null,
      falseAccept: strangers ? shareFrom(threshold, refused) : null,
    };
  }

  async #enroll(label: string, given: B): Promise<Enrolment> {
    const features = await this.#extract('enroll', given);
    const head = await this.#fingerprint();

    // From here on nothing is awaited: calls at the same time have been calibrating and enrolling.
    const calibration = this.#calibration;
    this.#checkHead(head);
    if (calibration) checkScales('enroll', calibration.scales, this.score);
    this.#checkNew('enroll', [label], this.#knownLabels);
    this.#checkWidth('enroll', features);
    const isNew = !this.#enrolled.has(label);
    this.#enrolled.add(label, features);
    this.#head = head;
    const holds = isNew && calibration?.target.falseReject !== undefined;
    return {
      label,
      examples: this.#enrolled.examplesOf(label),
      threshold: this.threshold,
      calibration: calibration === null ? 'none' : holds ? 'holds' : 'outdated',
    };
  }

  /** Rejects calibration with too little to go by. */
  #checkGiven(hasKnown: boolean, hasUnknown: boolean, {falseReject, falseAccept}: CalibrationTarget): void {
    const {head} = this.#backbone;
    const needsKnown = head !== null || this.labels.length === 0 || falseReject !== undefined;
    if (needsKnown && !hasKnown) {
      throw new TypeError('calibrate: it needs known examples; give {known: {xs, labels}}');
    }
    if (falseAccept !== undefined && !hasUnknown) {
      throw new TypeError(
        'calibrate: falseAccept needs examples of strangers; give {known, unknown}, or ask for {falseReject}',
      );
    }
  }

  /** Known examples with their features. */
  async #known(what: string, given: LabelledExamples<B>, allowed: readonly string[] | null): Promise<Known> {
    const labels = checkLabels(what, given, allowed);
    const known = {features: await this.#extract(`${what}: known.xs`, given.xs), labels};
    checkOneLabelEach(what, known);
    return known;
  }

  /** The features of examples: as many of each as the classes have, and others given in the same call. */
  async #extract(what: string, examples: B, others?: Features): Promise<Features> {
    const expected = this.#width || others?.width;
    const features = await extract(this.#backbone, what, examples, this.#options.batchSize);
    this.#checkWidth(what, features, expected);
    return features;
  }

  /** The number of features of the classes; 0 where there is none. */
  get #width(): number {
    return this.#learned.width || this.#enrolled.width;
  }

  #checkWidth(what: string, features: Features, expected = this.#width): void {
    const width = expected || features.width;
    if (features.width !== width) {
      throw new RangeError(
        `${what}: the classes are of ${width} features an example, got ${features.width}; ` +
          'compute them with the function that the classes were made with',
      );
    }
  }

  /** Rejects to add classes to others that were made with other weights. */
  #checkHead(head: string | null): void {
    // Before the first call only the size is known, which every fingerprint begins with.
    if (head !== null && !head.startsWith(this.#head!)) {
      throw new RangeError(
        `enroll: the weights of the model's last layer are no longer those that ${this.#calibration ? 'calibration' : 'enrolment'} ` +
          'saw; make a new recognizer, or forget the enrolled classes, calibrate again and enroll them again',
      );
    }
  }

  /** Rejects a name for two classes. */
  #checkNew(what: string, labels: readonly string[], taken: readonly string[]): void {
    const twice = labels.find((label) => taken.includes(label));
    if (twice !== undefined) {
      const of = what === 'enroll' ? 'of the head or of calibration' : 'enrolled during this call';
      throw new RangeError(`${what}: '${twice}' is a class already, ${of}; give the new class another name`);
    }
  }

  /** How cosines with enrolled classes become scores, from the examples of the other classes. */
  #scalesFor(
    {features, labels}: Known,
    isEnrolled: ReadonlySet<string>,
    rankings: readonly Ranking[],
  ): Promise<Scales> {
    const places = labels.flatMap((label, i) => (isEnrolled.has(label) ? [] : i));
    return this.#ranker.scalesFor(
      {features: selectRows(features, places), labels: places.map((i) => labels[i]!)},
      places.map((i) => rankings[i]!),
    );
  }

  /** What a score compares with: nothing under those of the head, else the classes of known examples. */
  #learn(what: string, known: Known, ownLabels: readonly string[], score: ScoreName): Gallery {
    if (isHeadScore(score)) return this.#gallery();
    const classes = this.#backbone.head ? this.#options.labels : [...new Set(ownLabels)];
    return learn(what, known, classes, score, this.#options.k);
  }

  #gallery(): Gallery {
    const {score, k} = this.#options;
    return new Gallery(isHeadScore(score) ? 'prototype' : score, k);
  }

  async #fingerprint(): Promise<string | null> {
    return (await this.#backbone.head?.fingerprint()) ?? null;
  }
}

/**
 * Adds recognition to a trained classifier: a score, a threshold, and the answer "unknown" below it.
 *
 * An example x with the class c that fits best is accepted where score(x, c) ≥ threshold. The scores are listed at
 * {@link ScoreName}; `calibrate` finds the threshold.
 *
 * Enrolled classes are mean directions of examples (under `'knn'` the examples), and how well they fit is a cosine, which is
 * the smaller the fewer examples there are. To be comparable with the scores of the known classes, it is mapped to their scale:
 * score = offset + slope · cosine, such that median and 5 % quantile agree. Calibration finds the line for classes of 1, 2, 5, 10, …
 * examples, by comparing known examples with classes of so many others of their own class, drawn at random.
 *
 * @param source - A `LayersModel` that ends in `marginDense` or `dense`, with or without softmax after it, in nested models too.
 * Or any function from a batch to its features, which may be a promise: a tensor [batch, features], or one vector per example.
 * What the function returns is disposed of; wrap what it computes in `tf.tidy`. If the model is trained further, make a new
 * recognizer, or calibrate this one again and enrol its classes again.
 * @param options - See {@link RecognizerOptions}.
 * @throws TypeError if the source or an option is of the wrong type; RangeError if the model has no such head or an
 * option is out of range.
 *
 * @example
 * ```ts
 * import {recognizer} from 'tfjs-losses/recognition';
 *
 * // Embeddings from elsewhere; with a model: recognizer(model, {labels, score: 'cosine'}).
 * const r = recognizer((embeddings: number[][]) => embeddings);
 * const known = {xs: [[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], labels: ['anna', 'anna', 'ben', 'ben']};
 * await r.calibrate({known}, {falseReject: 0});
 * const answers = await r.recognize([[0.8, 0.05], [0.7, -0.7]]);
 * answers.map(({label}) => label); // ['anna', null]
 * ```
 */
export function recognizer<B extends Batch = Tensor | readonly unknown[]>(
  source: LayersModel | FeatureFunction<B>,
  options: RecognizerOptions = {},
): Recognizer<B> {
  return new Recognizer(source, options);
}

/**
 * A recognizer from what `toJSON` gave, parsed, and its model.
 *
 * @param source - The model or function that it was made with.
 * @param json - `JSON.parse` of what was stored.
 * @throws Rejects: TypeError if this is not the JSON of a recognizer; RangeError if it is that of another model, that is, if the
 * weights of the head are others. Of a function only the number of features can be checked, when it is next called.
 */
recognizer.fromJSON = <B extends Batch = Tensor | readonly unknown[]>(
  source: LayersModel | FeatureFunction<B>,
  json: RecognizerJson,
): Promise<Recognizer<B>> => Recognizer.fromJSON(source, json);

async function checkSameHead(expected: string | null, head: Head | null): Promise<void> {
  const own = head === null ? null : await head.fingerprint();
  // Before calibration only the size is known, which every fingerprint begins with.
  const fits = expected === null || own === null ? expected === own : own.startsWith(expected);
  if (!fits) {
    throw new RangeError(
      `recognizer.fromJSON: this is the JSON of another model, with the head ${expected ?? 'of a function'}, got one with ` +
        `${own ?? 'none'}; give the model that it was made with, or calibrate anew`,
    );
  }
}
