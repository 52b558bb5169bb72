import {appendFile, open, rm, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {batchesOf} from '../data/batches.js';
import {type Images, pixelsPerImage, readCifar10} from '../data/cifar10.js';
import {measureStandardisation} from '../data/standardise.js';
import {Random} from '../random.js';
import {generatedImages, temporaryFolder, writeGeneratedCifar10} from './support.js';

describe('reading', () => {
  const recordsPerFile = 20;
  let folder = '';
  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeGeneratedCifar10(folder, recordsPerFile);
  });

  test('batches 1–4 train, batch 5 validates, the test batch tests', async () => {
    const {training, validation, test} = await readCifar10(folder, {recordsPerFile});
    const parts = [1, 2, 3, 4].map((batch) => generatedImages(20, `data_batch_${batch}.bin`));
    expect([...training.labels]).toEqual(parts.flatMap(({labels}) => [...labels]));
    expect(Buffer.compare(training.pixels, Buffer.concat(parts.map(({pixels}) => pixels)))).toBe(0);
    expect(validation).toEqual(generatedImages(20, 'data_batch_5.bin'));
    expect(test).toEqual(generatedImages(20, 'test_batch.bin'));
  });

  test('a limit takes the first images of each part', async () => {
    const whole = await readCifar10(folder, {recordsPerFile});
    const {training, validation} = await readCifar10(folder, {recordsPerFile, limit: 30});
    expect(training.labels).toEqual(whole.training.labels.subarray(0, 30));
    expect(training.pixels).toEqual(whole.training.pixels.subarray(0, 30 * pixelsPerImage));
    expect(validation).toEqual(whole.validation);
  });

  test('a truncated file is refused by name, with both sizes', async () => {
    await truncate(join(folder, 'data_batch_3.bin'), 60_000);
    await expect(readCifar10(folder, {recordsPerFile})).rejects.toThrow(
      /data_batch_3\.bin is truncated: expected 61,460 bytes \(20 records of 3,073\), found 60,000\. .*unpack/,
    );
  });

  test('a file that is too long is refused by name, even where only its beginning is read', async () => {
    await appendFile(join(folder, 'test_batch.bin'), 'x');
    await expect(readCifar10(folder, {recordsPerFile, limit: 1})).rejects.toThrow(
      /test_batch\.bin is too long: expected 61,460 bytes .*, found 61,461/,
    );
  });

  test('a label above 9 is refused by name and record', async () => {
    const file = await open(join(folder, 'data_batch_5.bin'), 'r+');
    await file.write(Uint8Array.of(10), 0, 1, 7 * 3073);
    await file.close();
    await expect(readCifar10(folder, {recordsPerFile})).rejects.toThrow(
      /data_batch_5\.bin: record 7 is labelled 10, but CIFAR-10's labels are 0 to 9/,
    );
  });

  test('a missing file is named, with what should be there', async () => {
    await rm(join(folder, 'data_batch_2.bin'));
    await expect(readCifar10(folder, {recordsPerFile})).rejects.toThrow(
      /data_batch_2\.bin is missing\. The folder must hold data_batch_1\.bin, .*, test_batch\.bin/,
    );
  });

  test('official files have 10,000 records', async () => {
    await expect(readCifar10(folder)).rejects.toThrow(/expected 30,730,000 bytes/);
  });
});

/** Images of which the first two pixels are given and the others black. */
function imagesOf(...firstPixels: [number, number][]): Images {
  const pixels = new Uint8Array(firstPixels.length * pixelsPerImage);
  firstPixels.forEach((values, image) => {
    pixels.set(values, image * pixelsPerImage);
  });
  return {pixels, labels: Uint8Array.from(firstPixels, (_, image) => image)};
}

describe('standardising', () => {
  test('mean and standard deviation of each pixel position by itself', () => {
    const {mean, deviation} = measureStandardisation(imagesOf([10, 0], [20, 0], [30, 255]));
    expect([...mean.subarray(0, 3)]).toEqual([20, 85, 0]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(200 / 3), 5);
    expect(deviation[1]).toBeCloseTo(Math.sqrt(85 ** 2 * 2), 4);
    expect(deviation[2]).toBe(1); // constant: as good as no deviation
  });

  test('turns every position of the measured images to mean 0 and deviation 1', () => {
    const images = generatedImages(50, 'standardise');
    const standardisation = measureStandardisation(images);
    const [batch] = batchesOf(images, standardisation, {batchSize: 50});
    for (const position of [0, 1000, 3071]) {
      const column = Array.from({length: 50}, (_, row) => batch!.pixels[row * pixelsPerImage + position]!);
      expect(column.reduce((sum, value) => sum + value, 0) / 50).toBeCloseTo(0, 5);
      expect(column.reduce((sum, value) => sum + value ** 2, 0) / 50).toBeCloseTo(1, 5);
    }
  });
});

describe('batches', () => {
  const images = generatedImages(10, 'batches');
  const unchanged = {
    mean: new Float32Array(pixelsPerImage),
    deviation: new Float32Array(pixelsPerImage).fill(1),
  };
  const labelsOf = (options: {batchSize: number; shuffle?: Random}) =>
    [...batchesOf(images, unchanged, options)].map(({labels}) => labels.length);

  test('deal every image once, the rest in a smaller batch', () => {
    expect(labelsOf({batchSize: 4})).toEqual([4, 4, 2]);
    expect(labelsOf({batchSize: 100})).toEqual([10]);
  });

  test('keep pixels and label together when they shuffle, in another order each time', () => {
    const shuffle = new Random(1, 'shuffle');
    const orders = [1, 2].map(() => {
      const [batch] = batchesOf(images, unchanged, {batchSize: 10, shuffle});
      const order = Array.from({length: 10}, (_, row) => {
        const pixels = batch!.pixels.subarray(row * pixelsPerImage, (row + 1) * pixelsPerImage);
        const image = Array.from({length: 10}, (_, candidate) => candidate).find((candidate) =>
          pixels.every((pixel, position) => pixel === images.pixels[candidate * pixelsPerImage + position]),
        )!;
        expect(batch!.labels[row]).toBe(images.labels[image]);
        return image;
      });
      expect([...order].sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      return order;
    });
    expect(orders[0]).not.toEqual(orders[1]);
  });
});
