import type {CalibrationTarget} from './calibration.js';
import {describe} from './checks.js';
import type {GalleryClassJson} from './gallery.js';
import type {Scale} from './scale.js';
import type {ScoreName} from './scores.js';

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
  /** How cosines become scores of the head; null if the examples did not tell. */
  readonly scale: Scale | null;
}

export const FORMAT = 'tfjs-losses recognizer';
export const VERSION = 1;

/** Rejects anything but what `toJSON` gave. */
export function checkJson(json: unknown): asserts json is RecognizerJson {
  const {format, version} = (
    typeof json === 'object' && json !== null ? json : {}
  ) as Partial<RecognizerJson>;
  if (format !== FORMAT || version !== VERSION) {
    const remedy = typeof json === 'string' ? 'JSON.parse the text first' : 'give what its toJSON() returned';
    throw new TypeError(
      `recognizer.fromJSON: expected the JSON of a recognizer, version ${VERSION}, got ` +
        `${format === FORMAT ? `version ${version}` : describe(json)}; ${remedy}`,
    );
  }
}
