import {gather, oneHot, type Tensor1D, type Tensor2D, tensor1d, tensor2d, tidy} from '@tensorflow/tfjs-core';
import type {Digits} from '../../quickstart/digits.js';
import {permutation} from '../../quickstart/shuffle.js';
import {PIXELS} from '../../quickstart/size.js';

const BATCH = 128;

export interface Batch {
  readonly images: Tensor2D;
  readonly oneHot: Tensor2D;
}

/** Digits on the device, with the ids of their classes: their places among those that are known, −1 for strangers. */
export class DeviceDigits {
  readonly images: Tensor2D;
  readonly ids: Int32Array;
  readonly idTensor: Tensor1D;
  /** The places of the digits that are known. */
  readonly knownPlaces: number[];

  constructor(
    {images, labels}: Digits,
    readonly known: readonly number[],
  ) {
    this.images = tensor2d(images, [labels.length, PIXELS]);
    this.ids = Int32Array.from(labels, (label) => known.indexOf(label));
    this.idTensor = tensor1d(this.ids, 'int32');
    this.knownPlaces = Array.from(this.ids.keys()).filter((place) => this.ids[place]! >= 0);
  }

  /** Those that are known, with the names of their classes. */
  knownExamples(names: readonly string[]): {xs: Tensor2D; labels: string[]} {
    const places = this.knownPlaces;
    return {
      xs: tidy(() => gather(this.images, tensor1d(places, 'int32'))),
      labels: places.map((place) => names[this.ids[place]!]!),
    };
  }

  dispose(): void {
    this.images.dispose();
    this.idTensor.dispose();
  }
}

/** Batches of known digits, epoch after epoch in an order that the seed alone decides. */
export class Batches {
  readonly #places: readonly number[];
  #order: readonly number[] = [];
  #at = 0;
  #epoch = 0;

  constructor(
    readonly digits: DeviceDigits,
    readonly seed: number,
  ) {
    this.#places = digits.knownPlaces;
  }

  next(): Batch {
    if (this.#at + BATCH > this.#order.length) {
      this.#order = permutation(this.#places.length, this.seed + this.#epoch++).map((i) => this.#places[i]!);
      this.#at = 0;
    }
    const places = this.#order.slice(this.#at, this.#at + BATCH);
    this.#at += BATCH;
    const {images, idTensor, known} = this.digits;
    return tidy(() => {
      const indices = tensor1d(places, 'int32');
      return {
        images: gather(images, indices),
        oneHot: oneHot(gather(idTensor, indices), known.length) as Tensor2D,
      };
    });
  }
}
