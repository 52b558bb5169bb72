/**
 * Metrics of recognition and of embeddings. Plain numbers in, plain numbers out: arrays or typed arrays, no tensors.
 *
 * @module metrics
 */

export {auroc} from './auroc.js';
export {type ClassAngles, classAngles} from './classAngles.js';
export {type ClassName, type ConfusionMatrix, confusionMatrix} from './confusionMatrix.js';
export type {Label} from './embeddings.js';
export {expectedCalibrationError} from './expectedCalibrationError.js';
export {oscr} from './oscr.js';
export {fprAtTpr, tprAtFpr} from './rates.js';
export {recallAtK} from './recallAtK.js';
export {equalErrorRate, type RocCurve, rocCurve} from './rocCurve.js';
