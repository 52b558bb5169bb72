import {contenders} from './contenders.js';
import {loadDigits, splitDigits} from './digits.js';
import {drawPicture} from './picture.js';
import {Progress} from './progress.js';
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
    const progress = new Progress(contender.title, batches);
    const outcome = await trainAndTest(contender, data, options, (loss) => progress.advance(loss));
    progress.finish(`${formatPercent(outcome.testAccuracy)} of the test digits right`);
    outcomes.push(outcome);
  }
  return {
    outcomes,
    trainDigits: data.train.labels.length,
    testDigits: data.test.labels.length,
    picture: await drawPicture(outcomes, data.test.labels),
  };
}
