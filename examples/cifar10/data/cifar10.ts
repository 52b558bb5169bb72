import {access, open} from 'node:fs/promises';
import {join} from 'node:path';

/** A part of the data set: `labels.length` images, one after the other, as the file holds them. */
export interface Images {
  /** 3,072 bytes an image: 1,024 of red, then of green, then of blue, each row by row. */
  readonly pixels: Uint8Array;
  /** Class ids, 0 to 9. */
  readonly labels: Uint8Array;
}

/** The paper's set-up: batches 1–4 train, batch 5 validates, the test batch tests. */
export interface Cifar10 {
  readonly training: Images;
  readonly validation: Images;
  readonly test: Images;
}

export const pixelsPerImage = 3 * 32 * 32;

export const classNames = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

export const trainingFiles = [1, 2, 3, 4].map((batch) => `data_batch_${batch}.bin`);
export const validationFile = 'data_batch_5.bin';
export const testFile = 'test_batch.bin';
export const allFiles = [...trainingFiles, validationFile, testFile];

/** Whether all files are in the folder. */
export async function isComplete(folder: string): Promise<boolean> {
  return Promise.all(allFiles.map((name) => access(join(folder, name)))).then(
    () => true,
    () => false,
  );
}

const bytesPerRecord = 1 + pixelsPerImage;

export interface ReadOptions {
  /** Reads only the first images of each part. */
  readonly limit?: number | undefined;
  /** @defaultValue 10,000, as in the official files */
  readonly recordsPerFile?: number;
}

/** Reads the six binary batches in `folder`. A damaged file is refused by name. */
export async function readCifar10(folder: string, options: ReadOptions = {}): Promise<Cifar10> {
  const {limit = Number.POSITIVE_INFINITY, recordsPerFile = 10_000} = options;
  const read = (files: readonly string[]) => readPart(folder, files, recordsPerFile, limit);
  return {
    training: await read(trainingFiles),
    validation: await read([validationFile]),
    test: await read([testFile]),
  };
}

async function readPart(
  folder: string,
  files: readonly string[],
  recordsPerFile: number,
  limit: number,
): Promise<Images> {
  const size = Math.min(limit, files.length * recordsPerFile);
  const images = {pixels: new Uint8Array(size * pixelsPerImage), labels: new Uint8Array(size)};
  let filled = 0;
  for (const name of files) {
    const wanted = Math.min(recordsPerFile, size - filled);
    if (wanted <= 0) break;
    const bytes = await readRecords(join(folder, name), recordsPerFile, wanted);
    for (let record = 0; record < wanted; record++, filled++) {
      const start = record * bytesPerRecord;
      const label = bytes[start]!;
      if (label >= classNames.length) {
        throw new Error(
          `${join(folder, name)}: record ${record} is labelled ${label}, but CIFAR-10's labels are 0 to 9. ` +
            'Is it really a CIFAR-10 binary batch (not CIFAR-100, and not the Python version)?',
        );
      }
      images.labels[filled] = label;
      images.pixels.set(bytes.subarray(start + 1, start + bytesPerRecord), filled * pixelsPerImage);
    }
  }
  return images;
}

/** Reads the first records of a file that must hold `recordsPerFile` of them. */
async function readRecords(path: string, recordsPerFile: number, wanted: number): Promise<Uint8Array> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === 'ENOENT' ? 'is missing' : `cannot be opened (${cause.message})`;
    throw new Error(`${path} ${problem}. The folder must hold ${allFiles.join(', ')}.`, {cause});
  });
  try {
    const expected = recordsPerFile * bytesPerRecord;
    const {size} = await file.stat();
    if (size !== expected) {
      throw new Error(
        `${path} is ${size < expected ? 'truncated' : 'too long'}: expected ${group(expected)} bytes ` +
          `(${group(recordsPerFile)} records of ${group(bytesPerRecord)}), found ${group(size)}. ` +
          'Delete the file and unpack the archive again.',
      );
    }
    const bytes = new Uint8Array(wanted * bytesPerRecord);
    let length = 0;
    while (length < bytes.length) {
      const {bytesRead} = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
      length += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}
