import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';

const IMAGES_MAGIC = 0x803;
const LABELS_MAGIC = 0x801;
const PIXELS = 28 * 28;

/** Images with their labels; pixels in [0, 1], 784 an image. */
export interface Digits {
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** Reads one part of MNIST from the official gzipped IDX files. */
export async function readMnist(folder: string, part: 'train' | 't10k'): Promise<Digits> {
  const images = await readIdx(join(folder, `${part}-images-idx3-ubyte.gz`), IMAGES_MAGIC, 16, PIXELS);
  const labels = await readIdx(join(folder, `${part}-labels-idx1-ubyte.gz`), LABELS_MAGIC, 8, 1);
  if (images.length !== labels.length * PIXELS) {
    throw new Error(
      `MNIST ${part}: ${labels.length} labels do not fit ${images.length / PIXELS} images in ${folder}`,
    );
  }
  return {pixels: Float32Array.from(images, (value) => value / 255), labels: Int32Array.from(labels)};
}

async function readIdx(
  path: string,
  magic: number,
  headerBytes: number,
  itemBytes: number,
): Promise<Uint8Array> {
  const bytes = gunzipSync(await readFile(path));
  const expected = headerBytes + bytes.readUInt32BE(4) * itemBytes;
  if (bytes.readUInt32BE(0) !== magic || bytes.length !== expected) {
    throw new Error(
      `${path}: expected an IDX file with magic number ${magic} and ${expected} bytes, ` +
        `got ${bytes.readUInt32BE(0)} and ${bytes.length}; fetch the file again`,
    );
  }
  return bytes.subarray(headerBytes);
}
