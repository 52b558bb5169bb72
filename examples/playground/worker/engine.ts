import pLimit from 'p-limit';
import {CLASSES} from '../../quickstart/size.js';
import {loadParts, type Parts} from '../digits/load.js';
import type {Engine, Opened, Pair, Readings, ReadRequest, Report} from '../messages.js';
import type {BackendChoice, Settings} from '../settings.js';
import {startBackend} from './backend.js';
import {Batches, DeviceDigits} from './data.js';
import {Trainer} from './trainer.js';

/** How long training goes on between two reports, in milliseconds. */
const REPORT_EVERY = 100;

/** Two networks that train with the same batches, from the same weights. */
interface Session {
  readonly trainers: Pair<Trainer>;
  readonly train: DeviceDigits;
  readonly validation: DeviceDigits;
  readonly test: DeviceDigits;
  readonly batches: Batches;
  step: number;
  millisecondsPerStep: number | null;
}

/** The worker's side: trains, and reads drawings. One thing at a time, so that none disposes of what another uses. */
export class WorkerEngine implements Engine {
  readonly #oneAtATime = pLimit(1);
  #parts: Parts | null = null;
  #session: Session | null = null;
  /** Changes whenever training is to stop. */
  #run = 0;

  async open(choice: BackendChoice, digitsUrl: string): Promise<Opened> {
    const [backend, parts] = await Promise.all([startBackend(choice), loadParts(digitsUrl)]);
    this.#parts = parts;
    return {backend, ...parts.test};
  }

  start({losses: [left, right], seed, strangers}: Settings): Promise<Report> {
    this.pause();
    return this.#oneAtATime(() => {
      if (this.#parts === null) throw new Error('the engine is not open yet');
      this.#close();
      const known = Array.from({length: CLASSES}, (_, digit) => digit).filter(
        (digit) => !strangers.includes(digit),
      );
      const train = new DeviceDigits(this.#parts.train, known);
      this.#session = {
        trainers: [new Trainer(left, known, seed), new Trainer(right, known, seed)],
        train,
        validation: new DeviceDigits(this.#parts.validation, known),
        test: new DeviceDigits(this.#parts.test, known),
        batches: new Batches(train, seed),
        step: 0,
        millisecondsPerStep: null,
      };
      return report(this.#session);
    });
  }

  async play(untilStep: number, onReport: (report: Report) => void): Promise<void> {
    const run = ++this.#run;
    const session = this.#opened;
    const goesOn = () => run === this.#run && session.step < untilStep;
    while (goesOn()) {
      await this.#oneAtATime(async () => {
        const until = performance.now() + REPORT_EVERY;
        while (goesOn() && performance.now() < until) await trainOnce(session);
        if (session === this.#session) onReport(await report(session));
      });
      // Lets messages in, which wait while there is always something to do.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  pause(): void {
    this.#run++;
  }

  step(): Promise<Report> {
    this.pause();
    return this.#oneAtATime(async () => {
      await trainOnce(this.#opened);
      return report(this.#opened);
    });
  }

  read(request: ReadRequest): Promise<Readings> {
    return this.#oneAtATime(async () => {
      const {trainers, step, ...digits} = this.#opened;
      const [left, right] = trainers;
      return {
        step,
        panels: [await left.reader.read(request, digits), await right.reader.read(request, digits)],
      };
    });
  }

  get #opened(): Session {
    if (this.#session === null) throw new Error('there are no networks yet');
    return this.#session;
  }

  #close(): void {
    if (this.#session === null) return;
    const {trainers, train, validation, test} = this.#session;
    for (const part of [...trainers, train, validation, test]) part.dispose();
    this.#session = null;
  }
}

async function trainOnce(session: Session): Promise<void> {
  const begin = performance.now();
  const {images, oneHot} = session.batches.next();
  for (const trainer of session.trainers) await trainer.step({images, oneHot});
  images.dispose();
  oneHot.dispose();
  session.step++;
  const took = performance.now() - begin;
  // A moving average; the first step also compiles.
  const {millisecondsPerStep: before} = session;
  session.millisecondsPerStep = before === null || session.step < 4 ? took : 0.9 * before + 0.1 * took;
}

async function report({trainers: [left, right], test, step, millisecondsPerStep}: Session): Promise<Report> {
  return {step, millisecondsPerStep, panels: [await left.report(test), await right.report(test)]};
}
