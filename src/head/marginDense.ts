import {cast, serialization, type Tensor, type Tensor1D, type Tensor2D, tidy} from '@tensorflow/tfjs-core';
import {
  type constraints,
  type initializers,
  type LayerVariable,
  layers,
  type regularizers,
  type Shape,
} from '@tensorflow/tfjs-layers';
import {checkBoolean, checkNumber, checkOptions, describe, isSymbolic} from '../checks/checks.js';
import {hasInstance} from '../checks/instances.js';
import {geometryOf} from './geometry.js';
import {marginLogits} from './marginLogits.js';

type DenseOptions = Parameters<typeof layers.dense>[0];
type KernelAndBiasOptions = Pick<
  DenseOptions,
  | 'kernelInitializer'
  | 'kernelRegularizer'
  | 'kernelConstraint'
  | 'biasInitializer'
  | 'biasRegularizer'
  | 'biasConstraint'
>;

/** The options of {@link marginDense}: those of `tf.layers.dense` for kernel and bias, and those of every layer. */
export interface MarginDenseOptions extends Omit<DenseOptions, 'activation' | 'activityRegularizer'> {
  /** The number of classes, an integer ≥ 1. */
  units: number;
  /** Whether to add a bias to each logit; `asoftmax` ignores it. @defaultValue false */
  useBias?: boolean;
  /** Whether to scale every $`W_j`$ to norm 1, so that the logits are $`‖x‖ \cos θ_j + b_j`$. @defaultValue false */
  normalizeKernel?: boolean;
  /**
   * Limits the kernel, as far as tfjs applies constraints: where weights are set, as in loading a model, but not in `fit`. See [When
   * something looks wrong](../../docs/troubleshooting.md#predictions-change-after-loading). @defaultValue none
   */
  kernelConstraint?: NonNullable<DenseOptions['kernelConstraint']>;
  /** The same for the bias. @defaultValue none */
  biasConstraint?: NonNullable<DenseOptions['biasConstraint']>;
  /** Training steps completed, an integer ≥ 0: where λ schedules begin. A saved model carries it. @defaultValue 0 */
  step?: number;
}

/** What the options of kernel and bias become. */
interface KernelAndBias {
  readonly kernelInitializer: ReturnType<typeof initializers.zeros>;
  readonly kernelRegularizer: ReturnType<typeof regularizers.l2> | undefined;
  readonly kernelConstraint: ReturnType<typeof constraints.nonNeg> | undefined;
  readonly biasInitializer: ReturnType<typeof initializers.zeros>;
  readonly biasRegularizer: ReturnType<typeof regularizers.l2> | undefined;
  readonly biasConstraint: ReturnType<typeof constraints.nonNeg> | undefined;
}

const KERNEL_AND_BIAS_OPTIONS = [
  'kernelInitializer',
  'kernelRegularizer',
  'kernelConstraint',
  'biasInitializer',
  'biasRegularizer',
  'biasConstraint',
] as const;

const OPTIONS = [
  'units',
  'useBias',
  'normalizeKernel',
  'step',
  ...KERNEL_AND_BIAS_OPTIONS,
  // Those of every layer.
  'inputShape',
  'inputDim',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'name',
  'trainable',
  'weights',
];

/**
 * The last layer of a classifier that trains with a margin loss: a dense layer without activation whose logits carry
 * their geometry (see {@link marginLogits}).
 *
 * ```math
 * z_j = W_j·x + b_j, \quad \text{or with normalizeKernel} \quad z_j = ‖x‖ \cos θ_j + b_j
 * ```
 *
 * Input: features [batch, features], or of a higher rank, such as [batch, time, features]. Output: logits [batch, units], or
 * units in the place of the last axis. It predicts, saves and loads like a dense layer, and a model with it nests in others. The
 * margin is part of the loss, not of the layer: it does not affect inference.
 *
 * It counts training steps for schedules of λ: batches in training, as `fit` makes them, whose loss has such a schedule. However
 * many terms and metrics read λ, a batch is one step. Predictions, validation, and training with losses that have no schedule
 * count none. The count is part of the layer's config, so training that continues from a saved model resumes its schedule. A
 * custom training loop calls `model.apply(x, {training: true})`.
 *
 * @throws At a call: RangeError if the input is not [batch, …, features]; TypeError if it comes from another copy of tfjs-layers.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {lsoftmax, marginDense} from 'tfjs-losses';
 *
 * const model = tf.sequential();
 * model.add(tf.layers.dense({units: 16, activation: 'relu', inputShape: [8]}));
 * model.add(marginDense({units: 3}));
 * model.compile({optimizer: 'adam', loss: lsoftmax({m: 2}), metrics: ['accuracy']});
 * ```
 */
export class MarginDense extends layers.Layer {
  /** The name under which saved models know this layer. */
  static readonly className = 'MarginDense';

  /** @internal */
  static readonly sharedName: string = 'tfjs-losses/MarginDense';

  /** Also true for a layer of another copy of this package. */
  static override readonly [Symbol.hasInstance]: (value: unknown) => boolean = hasInstance;

  readonly #units: number;
  readonly #useBias: boolean;
  readonly #normalizeKernel: boolean;
  readonly #kernelAndBias: layers.Layer & KernelAndBias;
  #step: number;
  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  /**
   * @throws RangeError if `units` is not an integer ≥ 1 or `step` not an integer ≥ 0; TypeError if an option is of the
   * wrong type or unknown.
   */
  constructor(options: MarginDenseOptions) {
    checkNames(options);
    const {units, useBias = false, normalizeKernel = false, step = 0, inputDim} = options;
    checkNumber('marginDense', 'units', units, {atLeast: 1, integer: true});
    checkBoolean('marginDense', 'useBias', useBias);
    checkBoolean('marginDense', 'normalizeKernel', normalizeKernel);
    checkNumber('marginDense', 'step', step, {atLeast: 0, integer: true});
    if (inputDim !== undefined) {
      checkNumber('marginDense', 'inputDim', inputDim, {atLeast: 1, integer: true});
    }
    const needsInputShape = inputDim !== undefined && !options.inputShape && !options.batchInputShape;
    super(needsInputShape ? {...options, inputShape: [inputDim]} : options);
    this.#units = units;
    this.#useBias = useBias;
    this.#normalizeKernel = normalizeKernel;
    this.#step = step;
    // A dense layer that is never built: tfjs-layers exports nothing else that turns initializers, regularizers and
    // constraints from whatever form the user gave into objects and, in getConfig, into JSON.
    this.#kernelAndBias = layers.dense({
      ...kernelAndBiasOptions(options),
      units,
      name: `${this.name}_options`,
    }) as layers.Layer as layers.Layer & KernelAndBias;
    this.supportsMasking = true;
  }

  /** Called by tfjs-layers for each MarginDense of a saved model. */
  static override fromConfig<T extends serialization.Serializable>(
    layerClass: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    // tfjs-layers adds what it looks custom classes up in, which is no option of the layer.
    const {customObjects: _, ...options} = config;
    return new layerClass(options);
  }

  /** The number of training steps completed in which a schedule was used. Set it to 0 to restart the schedule of λ, for fine-tuning for instance. */
  get step(): number {
    return this.#step;
  }

  /**
   * Sets the count.
   *
   * @param step - An integer ≥ 0.
   * @throws RangeError if it is not; TypeError if it is not a number.
   */
  set step(step: number) {
    checkNumber('marginDense', 'step', step, {atLeast: 0, integer: true});
    this.#step = step;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = checkedShape(inputShape).at(-1)!;
    const {kernelInitializer, kernelRegularizer, kernelConstraint} = this.#kernelAndBias;
    const {biasInitializer, biasRegularizer, biasConstraint} = this.#kernelAndBias;
    this.#kernel = this.addWeight(
      'kernel',
      [features, this.#units],
      'float32',
      kernelInitializer,
      kernelRegularizer,
      true,
      kernelConstraint,
    );
    if (this.#useBias) {
      this.#bias = this.addWeight(
        'bias',
        [this.#units],
        'float32',
        biasInitializer,
        biasRegularizer,
        true,
        biasConstraint,
      );
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...checkedShape(inputShape).slice(0, -1), this.#units];
  }

  override call(inputs: Tensor | Tensor[], kwargs: {training?: boolean} = {}): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const given = onlyOne(Array.isArray(inputs) ? inputs : [inputs]);
      checkCopy(given);
      const features = given.dtype === 'float32' ? given : cast(given, 'float32');
      const bias = this.#bias?.read() as Tensor1D | undefined;
      const logits = marginLogits(features, this.#kernel!.read() as Tensor2D, {
        ...(bias && {bias}),
        normalizeKernel: this.#normalizeKernel,
        step: this.#step,
      });
      if (kwargs.training) this.#countIfRead(logits, this.#step);
      return logits;
    });
  }

  /** However many losses and metrics read the step of a batch, it is one step; and none if nothing does. */
  #countIfRead(logits: Tensor, step: number): void {
    geometryOf(logits)!.onStepRead = () => {
      this.#step = step + 1;
    };
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      ...(kernelAndBiasOptions(this.#kernelAndBias.getConfig()) as serialization.ConfigDict),
      units: this.#units,
      useBias: this.#useBias,
      normalizeKernel: this.#normalizeKernel,
      step: this.#step,
    };
  }
}

// tfjs-layers makes layers of a saved model by the names registered here.
serialization.registerClass(MarginDense);

/**
 * The last layer for margin losses: see {@link MarginDense}.
 *
 * @param options - `units`, the number of classes, is required.
 */
export function marginDense(options: MarginDenseOptions): MarginDense {
  return new MarginDense(options);
}

function checkNames(options: MarginDenseOptions): void {
  const activation: unknown = (options as {activation?: unknown} | null | undefined)?.activation;
  if (activation !== undefined) {
    throw new TypeError(
      `marginDense: it has no activation, since the losses work on logits, got ${describe(activation)}; ` +
        'leave the option out, and for probabilities apply tf.softmax to what the model predicts',
    );
  }
  checkOptions('marginDense', options, OPTIONS);
}

/** The options of kernel and bias that are given. */
function kernelAndBiasOptions(options: object): KernelAndBiasOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => (KERNEL_AND_BIAS_OPTIONS as readonly string[]).includes(name)),
  );
}

function onlyOne<T>(inputs: readonly T[]): T {
  if (inputs.length !== 1) {
    throw new RangeError(
      `marginDense: it takes one input, got ${inputs.length}; ` +
        'concatenate them with tf.layers.concatenate() before it',
    );
  }
  return inputs[0]!;
}

/** tfjs-layers calls a layer with tensors only, but for symbolic ones that it does not know as its own. */
function checkCopy(input: Tensor): void {
  if (!isSymbolic(input)) return;
  throw new TypeError(
    'marginDense: the input is a symbolic tensor of another copy of @tensorflow/tfjs-layers than the one that tfjs-losses uses; ' +
      '"npm ls @tensorflow/tfjs-layers" shows both; install @tensorflow/tfjs-core and @tensorflow/tfjs-layers ' +
      'in the version that your @tensorflow/tfjs has, so that there is one',
  );
}

function checkedShape(inputShape: Shape | Shape[]): Shape {
  const shape = onlyOne((Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[]);
  if (shape.length < 2 || typeof shape.at(-1) !== 'number') {
    const isOneExample = shape.length === 1 && shape[0] !== null;
    throw new RangeError(
      `marginDense: the input must have shape [batch, …, features] with a known number of features, ` +
        `got [${shape.map((size) => size ?? 'null')}]; ` +
        (isOneExample
          ? 'one example is a batch of one: tf.reshape(input, [1, -1])'
          : 'give the first layer of the model an inputShape such as [8]'),
    );
  }
  return shape;
}
