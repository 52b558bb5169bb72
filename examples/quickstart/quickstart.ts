import {createBar} from '../cifar10/bars.js';
import {contenders} from './contenders.js';
import {loadDigits, splitDigits} from './digits.js';
import {drawPicture} from './picture.js';
import {formatPercent} from './report.js';
import {type Outcome, type TrainingOptions, trainAndTest} from './training.js';

export interface QuickstartOptions extends TrainingOptions {
  /** Part of the digits that trains, from 0 to 1. */
  readonly train: number;
  /** Part of the digits that tests. */
  readonly test: number;
}

export interface Comparison {
  readonly outcomes: readonly Outcome[];
  readonly trainDigits: number;
  readonly testDigits: number;
  /** An SVG. */
  readonly picture: string;
}

/** Trains the same network, from the same start and in the same order, once with each loss, and draws what comes of it. */
export async function compareLosses(options: QuickstartOptions): Promise<Comparison> {
  const data = splitDigits(loadDigits(), options);
  const batches = options.epochs * Math.ceil(data.train.labels.length / options.batchSize);
  const outcomes: Outcome[] = [];
  for (const contender of contenders) {
    const name = contender.title.padEnd(12);
    const bar = createBar(`${name} {bar} {percentage} %, {eta} s left, loss {loss}`);
    bar.start(batches, 0, {loss: '–'});
    const outcome = await trainAndTest(contender, data, options, (loss) =>
      bar.increment(1, {loss: loss.toFixed(3)}),
    ).finally(() => bar.stop());
    console.error(`${name} ${formatPercent(outcome.testAccuracy)} of the test digits right`);
    outcomes.push(outcome);
  }
  return {
    outcomes,
    trainDigits: data.train.labels.length,
    testDigits: data.test.labels.length,
    picture: await drawPicture(outcomes, data.test.labels),
  };
}
