export {ASoftmaxLoss, asoftmax} from './asoftmax.js';
export {CombinedLoss, combined, type Term} from './combined.js';
export {HingeLoss, type HingeOptions, hinge} from './hinge.js';
export {
  type AnnealedLambda,
  type AnnealedLambdaOptions,
  annealedLambda,
  type LambdaSchedule,
} from './lambda.js';
export {type JsonValue, Loss, type LossConfig} from './loss.js';
export {type LossFactory, lossFromConfig} from './lossFromConfig.js';
export type {LossInputs} from './lossInputs.js';
export {LSoftmaxLoss, lsoftmax} from './lsoftmax.js';
export {MarginDense, type MarginDenseOptions, marginDense} from './marginDense.js';
export {type MarginLogitsOptions, marginLogits} from './marginLogits.js';
export type {MarginLossOptions} from './marginLoss.js';
export {psi} from './psi.js';
export {SoftmaxLoss, type SoftmaxOptions, softmax} from './softmax.js';
