import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {CLASSES, type Digits, loadDigits, PIXELS, splitDigits} from './digits.js';

/** Digits of which each image is filled with its own index, in classes of different sizes. */
function numberedDigits(): Digits {
  const labels = Uint8Array.from(
    Array.from({length: CLASSES}, (_, digit) => Array<number>(10 * (digit + 1)).fill(digit)).flat(),
  );
  return {
    labels,
    images: Float32Array.from({length: labels.length * PIXELS}, (_, i) => Math.floor(i / PIXELS)),
  };
}

function indicesOf({images, labels}: Digits): number[] {
  return Array.from(labels, (_, position) => images[position * PIXELS]!);
}

function countPerClass({labels}: Digits): number[] {
  return Array.from({length: CLASSES}, (_, digit) => labels.filter((label) => label === digit).length);
}

describe('loadDigits', () => {
  it('reads the 10,000 digits of the package', () => {
    const {images, labels} = loadDigits();
    expect(labels).toHaveLength(10_000);
    expect(images).toHaveLength(10_000 * PIXELS);
    expect(countPerClass({images, labels})).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(images.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true);
  });

  describe('with other files', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'digits-'));
      for (let digit = 0; digit < CLASSES; digit++) {
        writeDigit(digit, Array<number>((digit + 1) * PIXELS).fill(digit / 10));
      }
    });
    afterEach(() => rmSync(folder, {recursive: true}));

    function writeDigit(digit: number, data: unknown): void {
      writeFileSync(join(folder, `${digit}.json`), JSON.stringify({data}));
    }

    it('keeps each image with its label', () => {
      const {images, labels} = loadDigits(folder);
      expect(labels).toHaveLength(55);
      labels.forEach((label, index) => {
        expect(images[index * PIXELS]).toBeCloseTo(label / 10, 6);
        expect(images[(index + 1) * PIXELS - 1]).toBeCloseTo(label / 10, 6);
      });
    });

    it.each([
      ['half an image', Array<number>(PIXELS / 2).fill(0)],
      ['no image', []],
      ['pixels above 1', Array<number>(PIXELS).fill(255)],
      ['text', Array<string>(PIXELS).fill('0')],
      ['no list', undefined],
    ])('refuses a file with %s, by name', (_, data) => {
      writeDigit(3, data);
      expect(() => loadDigits(folder)).toThrow(/3\.json must hold .* 784 numbers from 0 to 1 .* reinstall/);
    });
  });
});

describe('splitDigits', () => {
  it('makes disjoint parts that are all of the digits', () => {
    const {train, test} = splitDigits(numberedDigits(), {train: 0.8, test: 0.2, seed: 1});
    const all = [...indicesOf(train), ...indicesOf(test)].sort((left, right) => left - right);
    expect(all).toEqual(Array.from(numberedDigits().labels.keys()));
  });

  it('takes the same part of every class', () => {
    const {train, test} = splitDigits(numberedDigits(), {train: 0.5, test: 0.1, seed: 1});
    expect(countPerClass(train)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(countPerClass(test)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('keeps each image with its label', () => {
    const digits = numberedDigits();
    const {train} = splitDigits(digits, {train: 0.8, test: 0.2, seed: 1});
    expect(Array.from(train.labels)).toEqual(indicesOf(train).map((index) => digits.labels[index]));
  });

  it('mixes the classes', () => {
    const {train} = splitDigits(numberedDigits(), {train: 0.8, test: 0.2, seed: 1});
    expect(Array.from(train.labels)).not.toEqual(Array.from(train.labels).sort());
    expect(new Set(train.labels.subarray(0, 100)).size).toBeGreaterThanOrEqual(8);
  });

  it('repeats with the seed and differs with another', () => {
    const split = (seed: number) =>
      indicesOf(splitDigits(numberedDigits(), {train: 0.8, test: 0.2, seed}).test);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  it.each([
    [0, 0.2],
    [0.9, 0.2],
    [0.5, -0.1],
    [Number.NaN, 0.2],
  ])('refuses the parts %d and %d', (train, test) => {
    expect(() => splitDigits(numberedDigits(), {train, test, seed: 1})).toThrow(
      `splitDigits: train and test must be positive and add up to at most 1, got ${train} and ${test}`,
    );
  });
});
