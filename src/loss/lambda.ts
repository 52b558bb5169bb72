import {checkNumber, checkOptions, describe} from '../checks/checks.js';

/**
 * How strongly L-Softmax and A-Softmax are blended with the plain target logit at the start of training: a schedule of λ over
 * training steps. `annealedLambda` makes one; any `(step: number) => number` will do.
 */
export type LambdaSchedule = (step: number) => number;

/** The options of {@link annealedLambda}. */
export interface AnnealedLambdaOptions {
  /** λ before the first step: a number ≥ 0. @defaultValue 1000 */
  readonly base?: number | undefined;
  /** The number of steps of the whole training, in place of `gamma` and `power`: an integer ≥ 1. λ reaches `min` after half of them. */
  readonly steps?: number | undefined;
  /** How fast λ falls, per step: a number ≥ 0. @defaultValue 0.12 */
  readonly gamma?: number | undefined;
  /** The exponent of the decay: a number ≥ 0. @defaultValue 1 */
  readonly power?: number | undefined;
  /** The value below which λ does not fall: a number ≥ 0. @defaultValue 50 */
  readonly min?: number | undefined;
}

/** A schedule that can be written to JSON and made again from it. */
export interface AnnealedLambda extends LambdaSchedule {
  /** The options of this schedule, defaults filled in: `steps`, or `gamma` and `power`. */
  getConfig(): AnnealedLambdaConfig;
}

/** The options of a schedule, defaults filled in. */
export type AnnealedLambdaConfig =
  | {readonly [option in 'base' | 'gamma' | 'power' | 'min']: number}
  | {readonly [option in 'base' | 'steps' | 'min']: number};

/** What the `lambda` option of a margin loss looks like in JSON. */
export type LambdaConfig = number | AnnealedLambdaConfig;

const DEFAULTS = {base: 1000, gamma: 0.12, power: 1, min: 50} as const;

const OPTIONS = ['base', 'steps', 'gamma', 'power', 'min'];

/**
 * The annealing schedule of the original implementations of L-Softmax and A-Softmax:
 *
 * ```math
 * λ(t) = \max(\text{min}, \text{base}·(1 + \text{gamma}·t)^{−\text{power}})
 * ```
 *
 * where t is the number of training steps completed in which the schedule was used. With a large λ a margin loss is almost
 * softmax; as λ decreases, the margin grows, and `min` sets its final size. Without annealing, training often stays at chance.
 * The defaults are those of `lsoftmax()` and `asoftmax()`; [the guide on λ](../../docs/lambda.md) describes how they were chosen.
 *
 * With `steps`, the number of batches of the whole training, long and short training runs end with the same margin: power is 1,
 * and gamma is such that λ is `min` in the second half of the training.
 *
 * ```math
 * \text{gamma} = \frac{\text{base}/\text{min} − 1}{\text{steps}/2}
 * ```
 *
 * @returns A function from step to λ, with `getConfig()`.
 * @throws RangeError if an option is negative or not finite, `min` is above `base`, or 0 beside `steps`, or `steps` is no integer ≥ 1;
 * TypeError if an option is not a number or unknown, or there is `gamma` or `power` beside `steps`.
 *
 * @example
 * ```ts
 * import {annealedLambda, lsoftmax} from 'tfjs-losses';
 *
 * const lambda = annealedLambda({base: 1000, gamma: 2.5e-5, power: 35, min: 0}); // MNIST in the L-Softmax authors' code
 * lambda(0); // 1000
 * const loss = lsoftmax({m: 4, lambda});
 *
 * const [examples, batchSize, epochs] = [1000, 32, 20];
 * const byLength = annealedLambda({min: 1, steps: Math.ceil(examples / batchSize) * epochs});
 * byLength(320); // 1
 * ```
 *
 * @see Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition", CVPR 2017, and its published code.
 */
export function annealedLambda(options: AnnealedLambdaOptions = {}): AnnealedLambda {
  checkOptions('annealedLambda', options, OPTIONS);
  const {base = DEFAULTS.base, min = DEFAULTS.min, steps} = options;
  for (const [name, value] of Object.entries({base, min})) {
    checkNumber('annealedLambda', name, value, {atLeast: 0});
  }
  if (min > base) {
    const note = options.min === undefined ? ' (the default)' : '';
    throw new RangeError(
      `annealedLambda: min must be <= base, got min ${min}${note} and base ${base}; give both`,
    );
  }
  const {gamma, power} = steps === undefined ? decayOf(options) : decayOver(steps, base, min, options);
  const schedule = (step: number) => {
    checkNumber('annealedLambda', 'step', step, {atLeast: 0});
    return Math.max(min, base * (1 + gamma * step) ** -power);
  };
  const config = steps === undefined ? {base, gamma, power, min} : {base, steps, min};
  return Object.assign(schedule, {getConfig: () => config});
}

interface Decay {
  readonly gamma: number;
  readonly power: number;
}

function decayOf({gamma = DEFAULTS.gamma, power = DEFAULTS.power}: AnnealedLambdaOptions): Decay {
  for (const [name, value] of Object.entries({gamma, power})) {
    checkNumber('annealedLambda', name, value, {atLeast: 0});
  }
  return {gamma, power};
}

/** The decay with which λ is `min` after half of so many steps. */
function decayOver(steps: number, base: number, min: number, {gamma, power}: AnnealedLambdaOptions): Decay {
  checkNumber('annealedLambda', 'steps', steps, {atLeast: 1, integer: true});
  if (gamma !== undefined || power !== undefined) {
    const given = gamma === undefined ? 'power' : 'gamma';
    throw new TypeError(
      `annealedLambda: steps and ${given} both say how fast λ falls; leave one of them out`,
    );
  }
  if (min === 0) {
    throw new RangeError(
      'annealedLambda: with steps, min must be > 0, since λ only approaches 0; give a small one such as 1',
    );
  }
  return {gamma: (base / min - 1) / (steps / 2), power: 1};
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
export function lambdaAt(owner: string, lambda: LambdaSchedule, step: number): number {
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
  return typeof config === 'object' && config !== null && 'base' in config && 'min' in config;
}

/** λ as it appears in the formula of a loss. */
export function lambdaToString(lambda: number | LambdaSchedule): string {
  if (typeof lambda === 'number') return String(lambda);
  if (!isAnnealed(lambda)) return lambda.name || 'custom';
  const options = Object.entries(lambda.getConfig()).map(([name, value]) => `${name}=${value}`);
  return `annealed(${options.join(', ')})`;
}
