import {cast, slice, stack, Tensor, type Tensor2D, tensor, tidy} from '@tensorflow/tfjs-core';
import {LayersModel, type layers, model, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {describe} from './checks.js';
import {type Batch, checkExamples} from './examples.js';
import {Head} from './head.js';
import type {Features} from './matrix.js';

/** Features of a batch: a tensor [batch, features], or one vector per example. */
export type FeaturesOfBatch = Tensor | readonly ArrayLike<number>[];

/** Any function from a batch to its features. A tensor that it returns is disposed of after use. */
export type FeatureFunction<B extends Batch = Batch> = (
  batch: B,
) => FeaturesOfBatch | Promise<FeaturesOfBatch>;

/** Where features come from: the layers before a model's head, or a function. */
export interface Backbone {
  /** The model's last layer; null if there is no model. */
  readonly head: Head | null;
  /** The features of a part of the examples. */
  readonly compute: (part: Batch) => FeaturesOfBatch | Promise<FeaturesOfBatch>;
}

export function backboneOf(source: LayersModel | FeatureFunction): Backbone {
  if (source instanceof LayersModel) return backboneOfModel(source);
  if (typeof source === 'function') return {head: null, compute: source};
  throw new TypeError(
    `recognizer: it takes a LayersModel or a function from examples to features, got ${describe(source)}; ` +
      'for a GraphModel write (x) => graphModel.predict(x), for embeddings (embeddings) => embeddings',
  );
}

/** The features of examples, `batchSize` of them at a time. */
export async function extract(
  backbone: Backbone,
  what: string,
  examples: Batch,
  batchSize: number,
): Promise<Features> {
  const count = countOf(what, examples);
  const parts: Features[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const part =
      examples instanceof Tensor ? slice(examples, start, size) : examples.slice(start, start + size);
    try {
      await checkExamples(what, part, start, backbone.head !== null);
      parts.push(await readFeatures(await backbone.compute(part), part, size));
    } finally {
      if (part instanceof Tensor) part.dispose();
    }
    checkPart(what, parts, start);
  }
  const width = parts[0]!.width;
  const values = new Float32Array(count * width);
  parts.forEach((part, i) => {
    values.set(part.values, i * batchSize * width);
  });
  return {count, width, values};
}

function countOf(what: string, examples: Batch): number {
  if (!(examples instanceof Tensor || Array.isArray(examples))) {
    throw new TypeError(
      `${what}: give examples as a tensor [batch, …] or as an array, got ${describe(examples)}; wrap a single one in [ ]`,
    );
  }
  const count = examples instanceof Tensor ? (examples.shape[0] ?? 0) : examples.length;
  if (count === 0) throw new RangeError(`${what}: there must be at least one example, got none`);
  return count;
}

/** Brings what a backbone gave into memory, and disposes of it. */
async function readFeatures(given: FeaturesOfBatch, part: Batch, count: number): Promise<Features> {
  if (!(given instanceof Tensor)) return rowsTogether(given, count);
  try {
    if (given.rank !== 2 || given.shape[0] !== count) {
      throw new RangeError(
        `recognizer: features must have shape [batch, features], for these examples [${count}, features], ` +
          `got [${given.shape}]; flatten the features of each example`,
      );
    }
    const values = Float32Array.from(await given.data());
    return {count, width: given.shape[1]!, values};
  } finally {
    if (given !== part) given.dispose();
  }
}

function rowsTogether(rows: readonly ArrayLike<number>[], count: number): Features {
  if (!Array.isArray(rows) || rows.length !== count) {
    throw new RangeError(
      `recognizer: the features of ${count} examples must be a tensor [${count}, features] or an array of ${count} vectors, ` +
        `got ${describe(rows)}`,
    );
  }
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(count * width);
  for (const [i, row] of (rows as readonly ArrayLike<number>[]).entries()) {
    if (typeof row === 'number') {
      throw new RangeError(
        `recognizer: the features of each example must be a vector, got the number ${row}; wrap a single example in [ ]`,
      );
    }
    if (width === 0 || row?.length !== width) {
      throw new RangeError(
        `recognizer: the features of each example must be a vector of the same length, got ${describe(rows[0])} and ${describe(row)}`,
      );
    }
    values.set(row, i * width);
  }
  return {count, width, values};
}

/** Checks the features that came last. */
function checkPart(what: string, parts: readonly Features[], start: number): void {
  const {width, values} = parts.at(-1)!;
  if (width !== parts[0]!.width) {
    throw new RangeError(
      `${what}: features must always be of the same width, got ${parts[0]!.width} and ${width}`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `${what}: the features of example ${start + Math.floor(bad / width)} must be finite numbers, got ${values[bad]}; ` +
        'look for NaN in what was given',
    );
  }
}

function backboneOfModel(whole: LayersModel): Backbone {
  const {stages, head} = split(whole);
  const [, ...exampleShape] = onlyOne('input', whole.inputs).shape;
  return {
    head,
    compute: (part) =>
      tidy(() => {
        const examples = part instanceof Tensor ? part : tensorOf(part);
        checkShape(exampleShape, examples.shape as [number, ...number[]]);
        return stages.reduce(
          (x, stage) => stage.predict(x, {batchSize: examples.shape[0]!}) as Tensor,
          examples.dtype === 'float32' ? examples : cast(examples, 'float32'),
        ) as Tensor2D;
      }),
  };
}

function tensorOf(examples: readonly unknown[]): Tensor {
  if (examples[0] instanceof Tensor) return stack(examples as Tensor[]);
  return tensor(examples as number[]);
}

function checkShape(
  expected: readonly (number | null)[],
  [batch, ...shape]: readonly [number, ...number[]],
): void {
  const fits = (given: readonly number[]) =>
    given.length === expected.length && expected.every((size, i) => size === null || size === given[i]);
  if (!fits(shape)) {
    const remedy = fits([batch, ...shape])
      ? '; for a single one, wrap it in [ ] or use tf.expandDims(x, 0)'
      : '';
    throw new RangeError(
      `recognizer: the model takes examples of shape [${expected.map((size) => size ?? 'any')}], got [${shape}]; ` +
        `the first axis of what you give counts the examples${remedy}`,
    );
  }
}

/** The layers that only change a head's logits into something else. */
const AFTER_HEAD: readonly string[] = ['Activation', 'Softmax', 'Dropout'];

const REMEDY = 'for the features of any other model give a function, such as (x) => model.predict(x)';

/** Cuts a model before its last layer: models one after another, of which the last one gives features, and the head. */
function split(whole: LayersModel): {stages: LayersModel[]; head: Head} {
  if (whole.outputs.length === 0) {
    throw new RangeError('recognizer: the model is not built yet; give its first layer an inputShape');
  }
  const stages: LayersModel[] = [];
  let inputs: SymbolicTensor[] = whole.inputs;
  let output = onlyOne('output', whole.outputs);
  for (;;) {
    const layer = output.sourceLayer;
    if (layer instanceof LayersModel) {
      // The head is in a model within the model.
      stages.push(model({inputs, outputs: onlyOne('input', output.inputs)}));
      inputs = layer.inputs;
      output = onlyOne('output', layer.outputs);
    } else if (AFTER_HEAD.includes(layer.getClassName())) {
      output = onlyOne('input', output.inputs);
    } else {
      checkHead(layer);
      stages.push(model({inputs, outputs: onlyOne('input', output.inputs)}));
      return {stages, head: new Head(layer)};
    }
  }
}

function checkHead(layer: layers.Layer): void {
  const name = layer.getClassName();
  if (name !== 'Dense' && name !== 'MarginDense') {
    throw new RangeError(
      `recognizer: the model must end in marginDense or dense, got a layer ${name} ('${layer.name}'); ${REMEDY}`,
    );
  }
  const {activation = 'linear'} = layer.getConfig();
  if (activation !== 'linear' && activation !== 'softmax') {
    throw new RangeError(
      `recognizer: the last layer must have no activation or softmax, got ${activation} ('${layer.name}'); ${REMEDY}`,
    );
  }
}

function onlyOne<T>(what: string, list: readonly T[]): T {
  if (list.length !== 1) {
    throw new RangeError(
      `recognizer: the model must have one ${what}, got ${list.length}; give a function that returns features instead`,
    );
  }
  return list[0]!;
}
