import {checkNumber, checkOptions, describe} from '../checks/checks.js';

/**
 * How strongly L-Softmax and A-Softmax are blended with the plain target logit while training gets under way:
 * a schedule of λ over training steps. `annealedLambda` makes one; any `(step: number) => number` will do.
 */
export type LambdaSchedule = (step: number) => number;

/** The options of {@link annealedLambda}. */
export interface AnnealedLambdaOptions {
  /** λ before the first step: a number ≥ 0. @defaultValue 1000 */
  readonly base?: number | undefined;
  /** How fast λ falls, per step: a number ≥ 0. @defaultValue 0.12 */
  readonly gamma?: number | undefined;
  /** The exponent of the decay: a number ≥ 0. @defaultValue 1 */
  readonly power?: number | undefined;
  /** The value below which λ does not fall: a number ≥ 0. @defaultValue 50 */
  readonly min?: number | undefined;
}

/** A schedule that can be written to JSON and made again from it. */
export interface AnnealedLambda extends LambdaSchedule {
  /** The options of this schedule, defaults filled in. */
  getConfig(): {readonly [option in keyof AnnealedLambdaOptions]-?: number};
}

/** What the `lambda` option of a margin loss looks like in JSON. */
export type LambdaConfig = number | ReturnType<AnnealedLambda['getConfig']>;

const DEFAULTS = {base: 1000, gamma: 0.12, power: 1, min: 50} as const;

/**
 * The annealing schedule of the original implementations of L-Softmax and A-Softmax:
 *
 * ```math
 * λ(t) = \max(\text{min}, \text{base}·(1 + \text{gamma}·t)^{−\text{power}})
 * ```
 *
 * where t is the number of training steps completed. With a large λ a margin loss is almost softmax; as λ falls, the margin grows,
 * and `min` sets how far. Without annealing, training often stays at chance. The defaults are those of `lsoftmax()` and
 * `asoftmax()`; [the guide on λ](../../docs/lambda.md) tells how they were chosen.
 *
 * @returns A function from step to λ, with `getConfig()`.
 * @throws RangeError if an option is negative or not finite, or `min` is above `base`; TypeError if an option is not a number
 * or unknown.
 *
 * @example
 * ```ts
 * import {annealedLambda, lsoftmax} from 'tfjs-losses';
 *
 * const lambda = annealedLambda({base: 1000, gamma: 2.5e-5, power: 35, min: 0}); // MNIST in the L-Softmax authors' code
 * lambda(0); // 1000
 * const loss = lsoftmax({m: 4, lambda});
 * ```
 *
 * @see Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition", CVPR 2017, and its published code.
 */
export function annealedLambda(options: AnnealedLambdaOptions = {}): AnnealedLambda {
  checkOptions('annealedLambda', options, Object.keys(DEFAULTS));
  const {base = DEFAULTS.base, gamma = DEFAULTS.gamma, power = DEFAULTS.power, min = DEFAULTS.min} = options;
  for (const [name, value] of Object.entries({base, gamma, power, min})) {
    checkNumber('annealedLambda', name, value, {atLeast: 0});
  }
  if (min > base) {
    const note = options.min === undefined ? ' (the default)' : '';
    throw new RangeError(
      `annealedLambda: min must be <= base, got min ${min}${note} and base ${base}; give both`,
    );
  }
  const schedule = (step: number) => {
    checkNumber('annealedLambda', 'step', step, {atLeast: 0});
    return Math.max(min, base * (1 + gamma * step) ** -power);
  };
  return Object.assign(schedule, {getConfig: () => ({base, gamma, power, min})});
}

/** Rejects anything but a constant λ ≥ 0 or a schedule. */
export function checkLambda(owner: string, lambda: unknown): void {
  if (typeof lambda === 'function') return;
  if (typeof lambda !== 'number') {
    throw new TypeError(
      `${owner}: lambda must be a number >= 0 or a schedule such as annealedLambda(), got ${describe(lambda)}`,
    );
  }
  checkNumber(owner, 'lambda', lambda, {atLeast: 0});
}

/** λ at a training step. */
export function lambdaAt(owner: string, lambda: number | LambdaSchedule, step: number): number {
  if (typeof lambda === 'number') return lambda;
  const value = lambda(step);
  checkNumber(owner, `lambda(${step})`, value, {atLeast: 0});
  return value;
}

/** λ as JSON. */
export function lambdaToConfig(owner: string, lambda: number | LambdaSchedule): LambdaConfig {
  if (typeof lambda === 'number') return lambda;
  if (isAnnealed(lambda)) return lambda.getConfig();
  throw new TypeError(
    `${owner}: a schedule that is a function of your own cannot be written to JSON; use annealedLambda() or a number`,
  );
}

/** λ from JSON. */
export function lambdaFromConfig(owner: string, config: unknown): number | AnnealedLambda {
  if (typeof config === 'number') return config;
  if (typeof config !== 'object' || config === null) {
    throw new TypeError(
      `${owner}: lambda must be a number >= 0 or the options of annealedLambda(), got ${describe(config)}`,
    );
  }
  return annealedLambda(config);
}

/** Whether a schedule is of {@link annealedLambda}'s making, in this copy of the package or another. */
function isAnnealed(lambda: LambdaSchedule): lambda is AnnealedLambda {
  if (!('getConfig' in lambda) || typeof lambda.getConfig !== 'function') return false;
  const config: unknown = lambda.getConfig();
  return (
    typeof config === 'object' && config !== null && Object.keys(DEFAULTS).every((name) => name in config)
  );
}

/** λ as it appears in the formula of a loss. */
export function lambdaToString(lambda: number | LambdaSchedule): string {
  if (typeof lambda === 'number') return String(lambda);
  if (!isAnnealed(lambda)) return lambda.name || 'custom';
  const {base, gamma, power, min} = lambda.getConfig();
  return `annealed(base=${base}, gamma=${gamma}, power=${power}, min=${min})`;
}
