import {type Tensor2D, tensor2d, tidy} from '@tensorflow/tfjs-core';
import {auroc} from 'tfjs-losses/metrics';
import {type Answer, type Recognizer, recognizer} from 'tfjs-losses/recognition';
import {PIXELS} from '../../quickstart/size.js';
import type {Quality, Reading, ReadRequest} from '../messages.js';
import type {DeviceDigits} from './data.js';
import {type Network, pictureOf} from './network.js';

/** The digits that a threshold is found with, and those that it is tried on. */
export interface ReaderDigits {
  readonly validation: DeviceDigits;
  readonly test: DeviceDigits;
}

interface Calibrated {
  readonly recognizer: Recognizer;
  readonly quality: Quality;
  readonly falseReject: number;
}

/** Says what a drawing is, or that it does not know it, by the 64 features of a network. */
export class Reader {
  #calibrated: Calibrated | null = null;

  constructor(
    readonly network: Network,
    readonly labels: readonly string[],
  ) {}

  /** The network has changed: a threshold belongs to the weights that it was found with. */
  outdate(): void {
    this.#calibrated = null;
  }

  async read({image, falseReject, classes}: ReadRequest, digits: ReaderDigits): Promise<Reading> {
    if (this.#calibrated?.falseReject !== falseReject) {
      this.#calibrated = await this.#calibrate(falseReject, digits);
    }
    const {recognizer, quality} = this.#calibrated;
    await this.#enrollAll(recognizer, classes);
    const drawing = tensor2d(image, [1, PIXELS]);
    const [answer] = await recognizer.recognize(drawing);
    const feature = await pointOf(this.network, drawing);
    drawing.dispose();
    return {...answer!, feature, quality};
  }

  async #calibrate(falseReject: number, {validation, test}: ReaderDigits): Promise<Calibrated> {
    const made = recognizer(this.network.wide, {labels: this.labels, score: 'prototype'});
    const {xs, labels} = validation.knownExamples(this.labels);
    await made.calibrate({known: {xs, labels}}, {falseReject});
    xs.dispose();
    return {recognizer: made, quality: qualityOf(await made.recognize(test.images), test), falseReject};
  }

  /** The classes are those of the page, which may have forgotten some. */
  async #enrollAll(recognizer: Recognizer, classes: ReadRequest['classes']): Promise<void> {
    for (const name of recognizer.labels.slice(this.labels.length)) recognizer.forget(name);
    for (const {name, images} of classes) {
      await recognizer.enroll(
        name,
        images.map((image) => Array.from(image)),
      );
    }
  }
}

async function pointOf(network: Network, drawing: Tensor2D): Promise<Reading['feature']> {
  const point = tidy(() => pictureOf(network, drawing)[0]);
  const [x, y] = await point.data<'float32'>();
  point.dispose();
  return [x!, y!];
}

function qualityOf(answers: readonly Answer[], {ids, known}: DeviceDigits): Quality {
  const own = answers.filter((_, place) => ids[place]! >= 0);
  const strangers = answers.filter((_, place) => ids[place]! < 0);
  const isRight = ({label}: Answer, place: number) =>
    ids[place]! >= 0 && label === String(known[ids[place]!]);
  const scores = (some: readonly Answer[]) => some.map(({score}) => score);
  return {
    right: answers.filter(isRight).length / own.length,
    refused: refusedShare(own),
    strangers:
      strangers.length > 0
        ? {refused: refusedShare(strangers), auroc: auroc(scores(own), scores(strangers))}
        : null,
  };
}

function refusedShare(answers: readonly Answer[]): number {
  return answers.filter(({label}) => label === null).length / answers.length;
}
