import {type Images, pixelsPerImage} from './cifar10.js';

/** What takes a pixel of each of the 3,072 positions to mean 0 and standard deviation 1: (pixel − mean) / deviation. */
export interface Standardisation {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/**
 * Measures every pixel position over the images. Only the training part may be given: validation and test images
 * must not leak into what the network sees.
 */
export function measureStandardisation({pixels, labels}: Images): Standardisation {
  const count = labels.length;
  const sums = new Float64Array(pixelsPerImage);
  const sumsOfSquares = new Float64Array(pixelsPerImage);
  for (let start = 0; start < pixels.length; start += pixelsPerImage) {
    for (let position = 0; position < pixelsPerImage; position++) {
      const pixel = pixels[start + position]!;
      sums[position]! += pixel;
      sumsOfSquares[position]! += pixel * pixel;
    }
  }
  const mean = new Float32Array(pixelsPerImage);
  const deviation = new Float32Array(pixelsPerImage);
  for (let position = 0; position < pixelsPerImage; position++) {
    const average = sums[position]! / count;
    const variance = sumsOfSquares[position]! / count - average * average;
    mean[position] = average;
    deviation[position] = Math.sqrt(Math.max(variance, smallestDeviation ** 2));
  }
  return {mean, deviation};
}

/** One grey level of 255: below it a pixel is as good as constant, and dividing would only blow up noise. */
const smallestDeviation = 1;
