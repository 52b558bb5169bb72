import {argMax, dispose, div, stack, sum, type Tensor1D, tidy, train} from '@tensorflow/tfjs-core';
import type {CombinedLoss} from 'tfjs-losses';
import {classAngles} from 'tfjs-losses/metrics';
import type {Term} from '../losses.js';
import type {PanelReport} from '../messages.js';
import type {Batch, DeviceDigits} from './data.js';
import {lossOf} from './lossOf.js';
import {buildNetwork, type Network, pictureOf} from './network.js';
import {Reader} from './reader.js';

const LEARNING_RATE = 0.003;

/** A network that trains with one loss. */
export class Trainer {
  readonly reader: Reader;
  readonly #network: Network;
  readonly #loss: CombinedLoss;
  readonly #optimizer = train.adam(LEARNING_RATE);

  constructor(terms: readonly Term[], known: readonly number[], seed: number) {
    this.#loss = lossOf(terms);
    this.#network = buildNetwork({
      classes: known.length,
      normalizeKernel: this.#loss.trainsAnglesOnly,
      seed,
    });
    this.#network.whole.compile({optimizer: this.#optimizer, loss: [this.#loss, this.#loss]});
    this.reader = new Reader(this.#network, known.map(String));
  }

  /** Trains with a batch. */
  async step({images, oneHot}: Batch): Promise<void> {
    const losses = await this.#network.whole.trainOnBatch(images, [oneHot, oneHot]);
    if (!(losses as number[]).every(Number.isFinite)) {
      throw new Error(`training with ${this.#loss} has diverged; choose a smaller margin, scale or weight`);
    }
    this.reader.outdate();
  }

  /** What the network makes of digits that it was not trained with. */
  async report(digits: DeviceDigits): Promise<PanelReport> {
    const places = digits.knownPlaces;
    const {features, classes, terms} = tidy(() => {
      const [features, logits] = pictureOf(this.#network, digits.images);
      const means = this.#loss.terms.map(({weight, loss}) =>
        // A stranger's loss is 0.
        div(sum(loss(digits.idTensor, logits)), places.length / weight),
      );
      return {features, classes: argMax(logits, 1) as Tensor1D, terms: stack(means)};
    });
    const [points, answers, losses] = await Promise.all([features.data(), classes.data(), terms.data()]);
    dispose([features, classes, terms]);
    const right = places.filter((place) => answers[place] === digits.ids[place]);
    const {meanWithinClass, directions} = classAngles(
      places.map((place) => points.subarray(2 * place, 2 * place + 2)),
      places.map((place) => digits.ids[place]!),
    );
    return {
      features: points as Float32Array,
      accuracy: right.length / places.length,
      withinClass: (meanWithinClass * 180) / Math.PI,
      directions: digits.known.map((_, id) => Array.from(directions.get(id)!) as [number, number]),
      terms: Array.from(losses),
    };
  }

  dispose(): void {
    this.#optimizer.dispose();
    // The other models are made of the same layers.
    this.#network.whole.dispose();
  }
}
