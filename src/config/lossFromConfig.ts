import {AMSoftmaxLoss} from '../amsoftmax.js';
import {ArcFaceLoss} from '../arcface.js';
import {ASoftmaxLoss} from '../asoftmax.js';
import {checkOptions, describe} from '../checks/checks.js';
import {combined} from '../combined.js';
import {CombinedMarginLoss} from '../combinedMargin.js';
import {FocalLoss} from '../focal.js';
import {GeneralizedCrossEntropyLoss} from '../generalizedCrossEntropy.js';
import {HingeLoss} from '../hinge.js';
import {LdamLoss} from '../ldam.js';
import {LogitAdjustedLoss} from '../logitAdjusted.js';
import {lambdaFromConfig} from '../loss/lambda.js';
import {isLoss, type JsonValue, type Loss, type LossConfig} from '../loss/loss.js';
import {LSoftmaxLoss} from '../lsoftmax.js';
import {MagFaceLoss} from '../magface.js';
import {NormalizedCrossEntropyLoss} from '../normalizedCrossEntropy.js';
import {NormalizedSoftmaxLoss} from '../normalizedSoftmax.js';
import {PolyLoss} from '../poly.js';
import {ReverseCrossEntropyLoss} from '../reverseCrossEntropy.js';
import {SoftmaxLoss} from '../softmax.js';

/** A loss of this package, made from its options. */
type LossClass = new (options: never) => Loss;

/** Every loss of this package but combinations, by its name. */
const LOSSES: Readonly<Record<string, LossClass>> = {
  hinge: HingeLoss,
  softmax: SoftmaxLoss,
  lsoftmax: LSoftmaxLoss,
  asoftmax: ASoftmaxLoss,
  amsoftmax: AMSoftmaxLoss,
  arcface: ArcFaceLoss,
  normalizedSoftmax: NormalizedSoftmaxLoss,
  combinedMargin: CombinedMarginLoss,
  logitAdjusted: LogitAdjustedLoss,
  ldam: LdamLoss,
  magface: MagFaceLoss,
  focal: FocalLoss,
  poly: PolyLoss,
  generalizedCrossEntropy: GeneralizedCrossEntropyLoss,
  reverseCrossEntropy: ReverseCrossEntropyLoss,
  normalizedCrossEntropy: NormalizedCrossEntropyLoss,
};

/** How deep configs may nest: many more levels than anybody combines, and far fewer than the call stack holds. */
const MOST_LEVELS = 100;

/** Makes a loss of a user's own class from its config, without the `name`. */
export type LossFactory = (options: {readonly [option: string]: JsonValue}) => Loss;

/**
 * The loss that `loss.getConfig()` described, nested combinations and λ schedules included.
 *
 * @param config - What `getConfig()` returned, straight or by way of JSON.
 * @param customLosses - For losses of your own: a function for each name that makes the loss from its options.
 * @throws TypeError if `config` is not a loss config, or names a loss that is neither of this package nor among
 * `customLosses`; RangeError if it nests losses more than 100 deep; the errors of the loss itself if its options are wrong.
 *
 * @example
 * ```ts
 * import {combined, hinge, lossFromConfig, lsoftmax} from 'tfjs-losses';
 *
 * const json = JSON.stringify(combined([[0.3, hinge()], [0.7, lsoftmax({m: 2})]]).getConfig());
 * const loss = lossFromConfig(JSON.parse(json));
 * String(loss); // 0.3·hinge(Δ=1) + 0.7·lsoftmax(m=2)
 * ```
 */
export function lossFromConfig(
  config: LossConfig,
  customLosses: Readonly<Record<string, LossFactory>> = {},
): Loss {
  return lossAtLevel(1, config, customLosses);
}

function lossAtLevel(
  level: number,
  config: LossConfig,
  customLosses: Readonly<Record<string, LossFactory>>,
): Loss {
  if (level > MOST_LEVELS) {
    throw new RangeError(
      `lossFromConfig: the config nests losses more than ${MOST_LEVELS} deep, or contains itself; write a combination in a ` +
        'combination as one list of terms, with the weights multiplied',
    );
  }
  const nested = (inner: JsonValue | undefined) => lossAtLevel(level + 1, inner as LossConfig, customLosses);
  if (typeof config !== 'object' || config === null || typeof config.name !== 'string') {
    throw new TypeError(
      `lossFromConfig: expected what loss.getConfig() returns, such as {name: 'hinge', margin: 1}, got ${describe(config)}`,
    );
  }
  const {name, ...options} = config;
  const factories: Readonly<Record<string, LossFactory>> = {
    ...Object.fromEntries(
      Object.entries(LOSSES).map(([known, made]) => [known, (given) => make(known, made, given, nested)]),
    ),
    combined: (given) => combined(termsFromConfig(given, nested)),
    ...customLosses,
  };
  if (!Object.hasOwn(factories, name)) {
    throw new TypeError(
      `lossFromConfig: unknown loss '${name}'; known are ${Object.keys(factories).join(', ')}; ` +
        `pass {${name}: (options) => …} as the second argument for a loss of your own`,
    );
  }
  const factory: unknown = factories[name];
  if (typeof factory !== 'function') {
    throw new TypeError(
      `lossFromConfig: customLosses.${name} must be a function (options) => Loss, got ${describe(factory)}`,
    );
  }
  const loss: unknown = factory(options);
  if (!isLoss(loss)) {
    throw new TypeError(`lossFromConfig: customLosses.${name} must return a Loss, got ${describe(loss)}`);
  }
  return loss;
}

/** Makes a loss that is an option or a term of another. */
type MakeNested = (config: JsonValue | undefined) => Loss;

/** Schedules of λ and the losses that others are based on are the only options that are not JSON as they are. */
function make(
  name: string,
  made: LossClass,
  {lambda, base, ...options}: Parameters<LossFactory>[0],
  nested: MakeNested,
): Loss {
  const given = {
    ...options,
    ...(lambda !== undefined && {lambda: lambdaFromConfig(name, lambda)}),
    ...(base !== undefined && {base: nested(base)}),
  };
  return new made(given as never);
}

function termsFromConfig(
  options: {readonly [option: string]: JsonValue},
  nested: MakeNested,
): Array<[number, Loss]> {
  checkOptions('combined', options, ['terms']);
  if (!Array.isArray(options.terms)) {
    throw new TypeError(
      `lossFromConfig: the terms of 'combined' must be a list of {weight, loss}, got ${describe(options.terms)}`,
    );
  }
  // Array.from makes the holes of a sparse list undefined, which map alone would skip.
  return Array.from(options.terms, (term) => {
    checkOptions("the terms of 'combined'", term, ['weight', 'loss']);
    return [term.weight, nested(term.loss)];
  });
}
