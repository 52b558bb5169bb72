import * as tf from '@tensorflow/tfjs';
import {type Images, readCifar10} from '../cifar10/data/cifar10.js';
import {Random} from '../cifar10/random.js';
import {type Digits, loadDigits, SIDE, splitDigits} from '../quickstart/digits.js';

/** Examples one after the other, and their class ids. */
export interface Examples {
  readonly inputs: Float32Array;
  readonly labels: ArrayLike<number>;
}

export interface Data {
  readonly training: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

/** A classification task. */
export interface Problem {
  readonly title: string;
  readonly classes: number;
  readonly epochs: number;
  /** Makes its data; the folder is that of CIFAR-10, for those problems that need it. */
  load(seed: number, folder: string | undefined): Promise<Data>;
}

/** By the number of their classes. */
export const problems = {
  'cifar-2': cifar('CIFAR-10, cat or dog', [3, 5], 10_000, 10),
  'digits-2': digits('Digits 4 and 9', [4, 9], 15),
  'digits-5': digits('Digits 3, 4, 5, 8, 9', [3, 4, 5, 8, 9], 10),
  'digits-10': digits('Digits', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10),
  'cifar-10': cifar('CIFAR-10', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5_000, 6),
  'numbers-60': numbers('Two-digit numbers', 2, 60, 8_000),
  'numbers-1000': numbers('Three-digit numbers', 3, 1000, 12_000),
} satisfies Record<string, Problem>;

export type ProblemName = keyof typeof problems;

/** Single digits of some classes: 30 % train, half of the others validate. */
function digits(title: string, classes: readonly number[], epochs: number): Problem {
  return {
    title,
    classes: classes.length,
    epochs,
    async load(seed) {
      return mapped(partsOf(loadDigits(), seed), (part) => chosen(halved(part), classes));
    },
  };
}

/** The first 5,000 training images of these classes at half their resolution; half of the other batches' images. */
function cifar(title: string, classes: readonly number[], limit: number, epochs: number): Problem {
  return {
    title,
    classes: classes.length,
    epochs,
    async load(_, folder) {
      if (folder === undefined) throw new Error(`${title}: name the folder of CIFAR-10 with --data`);
      const all = await readCifar10(folder, {limit});
      return mapped(all, (part) => chosen(halvedImages(part), classes));
    },
  };
}

/** Several digits side by side are a number; numbers of validation and test are made of other digits than those of training. */
function numbers(title: string, length: number, classes: number, count: number): Problem {
  return {
    title,
    classes,
    epochs: 6,
    async load(seed) {
      const random = new Random(seed, 'numbers');
      const known = Uint32Array.from({length: 10 ** length}, (_, number) => number);
      random.shuffle(known);
      const {training, validation, test} = mapped(partsOf(loadDigits(), seed), halved);
      const make = (part: Examples, size: number) =>
        sideBySide(part, known.subarray(0, classes), length, size, random);
      return {training: make(training, count), validation: make(validation, 4_000), test: make(test, 4_000)};
    },
  };
}

function mapped<T>(
  {training, validation, test}: Readonly<Record<keyof Data, T>>,
  change: (part: T) => Examples,
): Data {
  return {training: change(training), validation: change(validation), test: change(test)};
}

function partsOf(all: Digits, seed: number): Record<keyof Data, Digits> {
  const {train, test: others} = splitDigits(all, {train: 0.3, test: 0.7, seed});
  const half = others.labels.length >> 1;
  const part = (from: number, to?: number) => ({
    images: others.images.subarray(from * SIDE * SIDE, to && to * SIDE * SIDE),
    labels: others.labels.subarray(from, to),
  });
  return {training: train, validation: part(0, half), test: part(half)};
}

function halved({images, labels}: Digits): Examples {
  return {labels, inputs: pooled(images, [labels.length, SIDE, SIDE, 1])};
}

export function halvedImages({pixels, labels}: Images): Examples {
  const values = new Float32Array(pixels).map((value) => (value - 120) / 60);
  return {labels, inputs: pooled(values, [3 * labels.length, 32, 32, 1])};
}

/** The means of squares of 2 × 2 pixels. */
export function pooled(pixels: Float32Array, shape: [number, number, number, number]): Float32Array {
  return tf.tidy(() => tf.avgPool(tf.tensor4d(pixels, shape), 2, 2, 'valid').dataSync()) as Float32Array;
}

/** Examples from one place on to another. */
export function part({inputs, labels}: Examples, from: number, to = labels.length): Examples {
  const size = inputs.length / labels.length;
  return {inputs: inputs.subarray(from * size, to * size), labels: Array.from(labels).slice(from, to)};
}

/** The examples of some classes, which are then numbered from 0. */
export function chosen({inputs, labels}: Examples, classes: readonly number[]): Examples {
  const size = inputs.length / labels.length;
  const rows = Array.from(labels, (_, row) => row).filter((row) => classes.includes(labels[row]!));
  const result = {inputs: new Float32Array(rows.length * size), labels: new Uint8Array(rows.length)};
  for (const [to, row] of rows.entries()) {
    result.inputs.set(inputs.subarray(row * size, (row + 1) * size), to * size);
    result.labels[to] = classes.indexOf(labels[row]!);
  }
  return result;
}

export function sideBySide(
  {inputs, labels}: Examples,
  known: Uint32Array,
  length: number,
  count: number,
  random: Random,
): Examples {
  const size = inputs.length / labels.length;
  const rowsOf = Array.from({length: 10}, (_, digit) =>
    Array.from(labels, (_, row) => row).filter((row) => labels[row] === digit),
  );
  const result = {inputs: new Float32Array(count * length * size), labels: new Int32Array(count)};
  for (let example = 0; example < count; example++) {
    result.labels[example] = random.below(known.length);
    const text = String(known[result.labels[example]!]).padStart(length, '0');
    for (const [place, digit] of [...text].entries()) {
      const rows = rowsOf[Number(digit)]!;
      const row = rows[random.below(rows.length)]!;
      result.inputs.set(inputs.subarray(row * size, (row + 1) * size), (example * length + place) * size);
    }
  }
  return result;
}
