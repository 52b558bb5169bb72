import {checkNumber, checkOptions, describe} from './checks.js';
import type {Head} from './head.js';
import {checkScore, type ScoreName} from './scores.js';

/** The options of `recognizer`. */
export interface RecognizerOptions {
  /** The names of the head's classes, in the order of its units. @defaultValue '0', '1', '2', … */
  readonly labels?: readonly string[];
  /** How well an example fits a class. @defaultValue `'cosine'`; `'prototype'` where there is no head */
  readonly score?: ScoreName;
  /** How many neighbours in a class `'knn'` averages over, an integer ≥ 1. @defaultValue 5 */
  readonly k?: number;
  /** How many examples are computed at a time, an integer ≥ 1. @defaultValue 256 */
  readonly batchSize?: number;
}

const OPTIONS = ['labels', 'score', 'k', 'batchSize'];

/** The options with defaults, checked. */
export function completed(options: RecognizerOptions, head: Head | null): Required<RecognizerOptions> {
  checkOptions('recognizer', options, OPTIONS);
  const {score = head ? 'cosine' : 'prototype', k = 5, batchSize = 256} = options;
  checkScore(score, head !== null);
  checkNumber('recognizer', 'k', k, {atLeast: 1, integer: true});
  checkNumber('recognizer', 'batchSize', batchSize, {atLeast: 1, integer: true});
  if (head === null && options.labels !== undefined) {
    throw new TypeError(
      "recognizer: labels name the units of a model's last layer, and features have none; classes come from " +
        'the labels of calibrate and from enroll',
    );
  }
  const labels = options.labels ?? Array.from({length: head?.units ?? 0}, (_, unit) => String(unit));
  checkNames(labels, head?.units ?? 0);
  return {labels: [...labels], score, k, batchSize};
}

function checkNames(labels: readonly string[], units: number): void {
  if (!Array.isArray(labels) || labels.length !== units) {
    throw new RangeError(
      `recognizer: labels must be an array of ${units} names, one for each unit of the last layer, got ${describe(labels)}`,
    );
  }
  for (const label of labels) checkName('recognizer', label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new RangeError(`recognizer: labels must differ, got '${twice}' twice`);
  }
}

/** Rejects anything but a name. */
export function checkName(what: string, label: string): void {
  if (typeof label !== 'string' || label === '') {
    throw new TypeError(
      `${what}: the name of a class must be a string with something in it, got ${describe(label)}`,
    );
  }
}
