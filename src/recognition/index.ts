/**
 * Recognition on top of a trained classifier, with the answer "unknown" for examples of no known class, and new classes from a
 * few examples.
 *
 * @module recognition
 */

export type {Answer, Calibration, Comparison, Enrolment, ScoreQuality} from './answers.js';
export type {FeatureFunction, FeaturesOfBatch} from './backbone.js';
export type {CalibrationTarget, FalseAccept, FalseReject} from './calibration.js';
export type {Batch} from './examples.js';
export type {GalleryClassJson} from './gallery.js';
export type {CalibrationJson, RecognizerJson} from './json.js';
export type {LabelledExamples} from './known.js';
export type {RecognizerOptions} from './options.js';
export type {Candidate} from './ranking.js';
export {type CalibrationExamples, Recognizer, recognizer} from './recognizer.js';
export type {Scale, Scales} from './scale.js';
export type {ScoreName} from './scores.js';
