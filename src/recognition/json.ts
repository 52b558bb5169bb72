import {fromBase64} from './base64.js';
import type {CalibrationTarget} from './calibration.js';
import {describe} from './checks.js';
import type {GalleryClassJson} from './gallery.js';
import type {Scale, Scales} from './scale.js';
import {EXAMPLE_SCORES, HEAD_SCORES, type ScoreName} from './scores.js';

/** What makes a recognizer what it is, beside its model: plain data for `JSON.stringify`. */
export interface RecognizerJson {
  /** Tells this from other JSON. */
  readonly format: typeof FORMAT;
  /** The version of the format. */
  readonly version: typeof VERSION;
  /** The model's head, by its size and, after `calibrate` or `enroll`, a hash of its weights; null for a function. */
  readonly head: string | null;
  /** The option. */
  readonly labels: readonly string[];
  /** The option. */
  readonly score: ScoreName;
  /** The option. */
  readonly k: number;
  /** The option. */
  readonly batchSize: number;
  /** What `calibrate` found; null before. */
  readonly calibration: CalibrationJson | null;
  /** Classes that `calibrate` learned from examples. */
  readonly learned: readonly GalleryClassJson[];
  /** Classes that `enroll` added. */
  readonly enrolled: readonly GalleryClassJson[];
}

/** The state that `calibrate` leaves. */
export interface CalibrationJson {
  /** The threshold. */
  readonly threshold: number;
  /** What was asked for. */
  readonly target: CalibrationTarget;
  /** How cosines with enrolled classes become scores, by the size of the class; empty if the examples did not tell. */
  readonly scales: Scales;
}

export const FORMAT = 'tfjs-losses recognizer';
export const VERSION = 1;

/** Rejects anything but what `toJSON` gave. */
export function checkJson(json: unknown): asserts json is RecognizerJson {
  const {format, version} = (
    typeof json === 'object' && json !== null ? json : {}
  ) as Unchecked<RecognizerJson>;
  if (format !== FORMAT || version !== VERSION) {
    const remedy = typeof json === 'string' ? 'JSON.parse the text first' : 'give what its toJSON() returned';
    throw new TypeError(
      `recognizer.fromJSON: expected the JSON of a recognizer, version ${VERSION}, got ` +
        `${format === FORMAT ? `version ${describe(version)}` : describe(json)}; ${remedy}`,
    );
  }
  const {head, labels, score, k, batchSize, calibration, learned, enrolled} =
    json as Unchecked<RecognizerJson>;
  check('head', head, head === null || typeof head === 'string', 'a string or null');
  const [headNames, learnedNames] = [checkNames(labels), new Set<unknown>()];
  const scores: readonly unknown[] = [...HEAD_SCORES, ...EXAMPLE_SCORES];
  check('score', score, scores.includes(score), `one of ${scores.join(', ')}`);
  check('k', k, isCount(k), 'an integer >= 1');
  check('batchSize', batchSize, isCount(batchSize), 'an integer >= 1');
  if (calibration !== null) checkCalibration(calibration);
  const rowsOf = (examples: number) => (score === 'knn' ? examples : 1);
  let width = 0;
  for (const [field, classes] of Object.entries({learned, enrolled})) {
    check(field, classes, Array.isArray(classes), 'an array');
    // With a head, what is learned are its classes; what is enrolled are others.
    const names = field === 'learned' ? learnedNames : new Set([...headNames, ...learnedNames]);
    for (const [i, each] of (classes as unknown[]).entries()) {
      width = checkClass(`${field}[${i}]`, each, {names, rowsOf, width});
    }
  }
}

type Unchecked<T> = {readonly [Field in keyof T]?: unknown};

function checkNames(labels: unknown): Set<unknown> {
  check('labels', labels, Array.isArray(labels), 'an array');
  const names = new Set<unknown>();
  for (const [i, label] of (labels as unknown[]).entries()) checkName(`labels[${i}]`, label, names);
  return names;
}

/** Checks the name of a class, and adds it to those that are taken. */
function checkName(field: string, label: unknown, names: Set<unknown>): void {
  check(field, label, typeof label === 'string' && label !== '', 'the name of a class');
  check(field, label, !names.has(label), 'the name of one class only');
  names.add(label);
}

function checkCalibration(calibration: unknown): void {
  const {threshold, target, scales} = objectAt<CalibrationJson>('calibration', calibration);
  check('calibration.threshold', threshold, Number.isFinite(threshold), 'a finite number');
  const shares = Object.entries(objectAt('calibration.target', target));
  const [name, share] = shares[0] ?? [];
  const isTarget = shares.length === 1 && (name === 'falseReject' || name === 'falseAccept');
  const isShare = typeof share === 'number' && share >= 0 && share < 1;
  const targets = '{falseReject} or {falseAccept}, a share of at least 0 and less than 1';
  check('calibration.target', isTarget ? share : target, isTarget && isShare, targets);
  check('calibration.scales', scales, Array.isArray(scales), 'an array');
  let least = 0;
  for (const [i, scale] of (scales as unknown[]).entries()) {
    const field = `calibration.scales[${i}]`;
    const {examples, slope, offset} = objectAt<Scale>(field, scale);
    const grows = isCount(examples) && Number(examples) > least;
    check(`${field}.examples`, examples, grows, `an integer > ${least}`);
    check(`${field}.slope`, slope, Number.isFinite(slope) && Number(slope) > 0, 'a finite number > 0');
    check(`${field}.offset`, offset, Number.isFinite(offset), 'a finite number');
    least = Number(examples);
  }
}

/** Checks a class, and returns its number of features, which `width` is unless that is 0. */
function checkClass(
  field: string,
  given: unknown,
  {names, rowsOf, width}: {names: Set<unknown>; rowsOf: (examples: number) => number; width: number},
): number {
  const {label, examples, vectors} = objectAt<GalleryClassJson>(field, given);
  checkName(`${field}.label`, label, names);
  check(`${field}.examples`, examples, isCount(examples), 'an integer >= 1');
  const numbers = numbersIn(vectors);
  const own = (numbers?.length ?? 0) / rowsOf(examples as number);
  const fits = width === 0 ? Number.isInteger(own) && own > 0 : own === width;
  const row = `${width || 'some'} float32 numbers in base64 for each of ${rowsOf(examples as number)} vectors`;
  check(`${field}.vectors`, vectors, fits && numbers!.every(Number.isFinite), `${row}, all finite`);
  return own;
}

function numbersIn(text: unknown): Float32Array | null {
  try {
    return typeof text === 'string' ? fromBase64(text) : null;
  } catch {
    return null; // no base64, or no whole number of floats
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1;
}

function objectAt<T>(field: string, value: unknown): Unchecked<T> {
  check(field, value, typeof value === 'object' && value !== null && !Array.isArray(value), 'an object');
  return value as Unchecked<T>;
}

function check(field: string, value: unknown, isRight: boolean, expected: string): void {
  if (!isRight) {
    throw new TypeError(
      `recognizer.fromJSON: ${field} must be ${expected}, got ${describe(value)}; give what toJSON() returned, unchanged`,
    );
  }
}
