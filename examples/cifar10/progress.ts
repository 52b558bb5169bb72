import type {SingleBar} from 'cli-progress';
import {createBar} from './bars.js';
import type {TrainConfig} from './config.js';
import {locateCifar10, officialArchive} from './data/cache.js';
import type {EpochRecord, TermRecord, TrainRecord} from './record.js';
import type {StepProgress} from './trainer.js';

/** The folder with the images, and a bar if they have to be downloaded. */
export async function locateWithProgress(data: string | undefined): Promise<string> {
  const bar = createBar('Downloading CIFAR-10 {bar} {percentage}% of 170 MB, {eta_formatted} left');
  return locateCifar10({
    data,
    onProgress: (bytes) => {
      if (!bar.isActive) bar.start(officialArchive.bytes, bytes);
      bar.update(bytes);
    },
    onRetry: (problem) => console.error(`Downloading CIFAR-10: ${problem}. Trying again …`),
    onWait: () =>
      console.error('Another program is downloading CIFAR-10, or was killed while it did. Waiting for it …'),
  }).finally(() => bar.stop());
}

/** Of a column, at least. */
const WIDTH = 8;

/** A bar while an epoch trains, a row when it is done, and the result at the end. */
export class TrainProgress {
  readonly #epochs: number;
  #bar: SingleBar | undefined;
  #columns: readonly Column[] | undefined;

  constructor(config: TrainConfig, backend: string) {
    this.#epochs = config.epochs;
    console.log(`Minimising ${config.loss} on ${backend}, seed ${config.seed}\n`);
  }

  step({epoch, step, stepsPerEpoch, loss, trainAccuracy}: StepProgress): void {
    if (this.#bar === undefined) {
      const title = `epoch ${epoch}/${this.#epochs}`;
      this.#bar = createBar(`${title} {bar} loss {loss}, accuracy {accuracy} %, {eta} s left`);
      this.#bar.start(stepsPerEpoch, 0, {loss: '–', accuracy: '–'});
    }
    this.#bar.update(step, {loss: loss.toFixed(3), accuracy: percent(trainAccuracy)});
  }

  epoch(record: EpochRecord): void {
    this.#bar?.stop();
    this.#bar = undefined;
    if (this.#columns === undefined) {
      this.#columns = columnsFor(record, this.#epochs);
      console.log(this.#columns.map(([title]) => title.padStart(WIDTH)).join('  '));
    }
    console.log(
      this.#columns.map(([title, value]) => value(record).padStart(Math.max(WIDTH, title.length))).join('  '),
    );
  }

  finish({final, epochs, interrupted, diverged, seconds}: TrainRecord): void {
    this.#bar?.stop();
    if (diverged || final === null) {
      console.error(
        `\nThe loss or the outputs are not finite numbers any more, after ${epochs.reduce((sum, {steps}) => sum + steps, 0)} steps. ` +
          'A lower --learning-rate, or a longer warm-up (--schedule "cosine(warmup=1)"), may help.',
      );
      return;
    }
    console.log(
      `\n${interrupted ? 'Interrupted. ' : ''}Test accuracy ${percent(final.testAccuracy)} % ` +
        `(train ${percent(final.trainAccuracy)} %, validation ${percent(final.validationAccuracy)} %), ` +
        `${seconds.toFixed(0)} s in all.`,
    );
  }
}

type Column = readonly [title: string, value: (record: EpochRecord) => string];

function columnsFor(sample: EpochRecord, epochs: number): Column[] {
  const terms = sample.terms.length > 1 ? sample.terms : [];
  const hasLambda = sample.terms.some(({lambda}) => lambda !== null);
  return [
    ['epoch'.padStart(`${epochs}/${epochs}`.length), ({epoch}) => `${epoch}/${epochs}`],
    ['loss', ({loss}) => loss.toFixed(4)],
    ...terms.map(
      (term, index): Column => [termTitle(term, terms), (record) => record.terms[index]!.loss.toFixed(4)],
    ),
    ['train %', ({trainAccuracy}) => percent(trainAccuracy)],
    ['validation %', ({validationAccuracy}) => percent(validationAccuracy)],
    ...(hasLambda ? [['λ', lambdas] as const] : []),
    ['rate', ({learningRate}) => learningRate.toPrecision(3)],
    ['seconds', ({seconds}) => seconds.toFixed(1)],
  ];
}

/** The weight and the name of a term; its whole formula where another term has the same name. */
function termTitle({term, weight}: TermRecord, terms: readonly TermRecord[]): string {
  const nameOf = (formula: string) => formula.split('(')[0]!;
  const isUnique = terms.filter((other) => nameOf(other.term) === nameOf(term)).length === 1;
  return `${Number(weight.toPrecision(3))}× ${isUnique ? nameOf(term) : term}`;
}

function lambdas({terms}: EpochRecord): string {
  const values = terms.flatMap(({lambda}) => (lambda === null ? [] : [lambda.toPrecision(3)]));
  return [...new Set(values)].join('/');
}

export function percent(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(1);
}
