import type {Digits} from '../../quickstart/digits.js';
import {PIXELS} from '../../quickstart/size.js';
import {GREYS} from './format.js';

/** What training, calibration and the pictures may each look at. No digit is in two of them. */
export interface Parts {
  readonly train: Digits;
  readonly validation: Digits;
  readonly test: Digits;
}

const VALIDATION = 1000;
const TEST = 1000;

/** Fetches the file of the digits. */
export async function loadParts(url: string): Promise<Parts> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`the digits did not load: ${url} answered ${response.status}; reload the page`);
  }
  const decompressed = response.body.pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(decompressed).arrayBuffer());
  const count = bytes.length / (1 + PIXELS);
  const part = (from: number, to: number): Digits => ({
    labels: bytes.slice(from, to),
    images: Float32Array.from(
      bytes.subarray(count + from * PIXELS, count + to * PIXELS),
      (grey) => grey / (GREYS - 1),
    ),
  });
  const [validation, test] = [count - TEST - VALIDATION, count - TEST];
  return {train: part(0, validation), validation: part(validation, test), test: part(test, count)};
}
