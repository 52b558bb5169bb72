/** The losses and `marginLogits`: all that works with tfjs-core alone. */
export {AMSoftmaxLoss, type AMSoftmaxOptions, amsoftmax, amsoftmax as cosface} from '../amsoftmax.js';
export {ArcFaceLoss, type ArcFaceOptions, arcface} from '../arcface.js';
export {ASoftmaxLoss, asoftmax} from '../asoftmax.js';
export type {NumberRange} from '../checks/checks.js';
export {CombinedLoss, type CombinedTerm, type CombinedTermLike, combined} from '../combined.js';
export {CombinedMarginLoss, type CombinedMarginOptions, combinedMargin} from '../combinedMargin.js';
export {type LossFactory, lossFromConfig} from '../config/lossFromConfig.js';
export {FocalLoss, type FocalOptions, focal} from '../focal.js';
export type {Arithmetic} from '../formula/arithmetic.js';
export {psi} from '../formula/psi.js';
export {autoScale} from '../formula/scale.js';
export {
  type Angle,
  adjusted,
  cosine,
  direction,
  type Logits,
  type Moment,
  type Numbers,
  plain,
  type Row,
  type Scale,
  type Term,
} from '../formula/term.js';
export {
  GeneralizedCrossEntropyLoss,
  type GeneralizedCrossEntropyOptions,
  generalizedCrossEntropy,
} from '../generalizedCrossEntropy.js';
export {type MarginLogitsOptions, marginLogits} from '../head/marginLogits.js';
export {HingeLoss, type HingeOptions, hinge} from '../hinge.js';
export {LdamLoss, type LdamOptions, ldam} from '../ldam.js';
export {LogitAdjustedLoss, type LogitAdjustedOptions, logitAdjusted} from '../logitAdjusted.js';
export type {BaseOptions} from '../loss/base.js';
export type {MarginLossOptions} from '../loss/blendedMargin.js';
export {FormulaLoss} from '../loss/formulaLoss.js';
export type {LossInputs} from '../loss/inputs.js';
export {
  type AnnealedLambda,
  type AnnealedLambdaConfig,
  type AnnealedLambdaOptions,
  annealedLambda,
  type LambdaSchedule,
} from '../loss/lambda.js';
export {type JsonValue, Loss, type LossConfig} from '../loss/loss.js';
export {
  booleanOption,
  choiceOption,
  countsOption,
  type Given,
  numberOption,
  type Option,
  type OptionTable,
  scaleOption,
} from '../loss/options.js';
export {LSoftmaxLoss, lsoftmax} from '../lsoftmax.js';
export {MagFaceLoss, type MagFaceOptions, magface} from '../magface.js';
export {
  NormalizedCrossEntropyLoss,
  type NormalizedCrossEntropyOptions,
  normalizedCrossEntropy,
} from '../normalizedCrossEntropy.js';
export {
  NormalizedSoftmaxLoss,
  type NormalizedSoftmaxOptions,
  normalizedSoftmax,
} from '../normalizedSoftmax.js';
export {PolyLoss, type PolyOptions, poly} from '../poly.js';
export {
  ReverseCrossEntropyLoss,
  type ReverseCrossEntropyOptions,
  reverseCrossEntropy,
} from '../reverseCrossEntropy.js';
export {SoftmaxLoss, type SoftmaxOptions, softmax} from '../softmax.js';
