import {SingleBar} from 'cli-progress';

/** A progress bar for the training with one loss. Without a terminal, in a log, it is a line at the end. */
export class Progress {
  readonly #title: string;
  readonly #bar: SingleBar;

  /** `total` is the number of batches. */
  constructor(title: string, total: number) {
    this.#title = title;
    this.#bar = new SingleBar({
      format: '{title} {bar} {percentage} %  {duration} s  {status}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      // With it, the first Ctrl-C would stop the bar and not the program.
      gracefulExit: false,
      stream: process.stderr,
    });
    this.#bar.start(total, 0, {title: title.padEnd(TITLE_WIDTH), status: ''});
  }

  advance(loss: number): void {
    this.#bar.increment(1, {status: `loss ${loss.toFixed(3)}`});
  }

  finish(status: string): void {
    this.#bar.update({status});
    this.#bar.stop();
    if (!process.stderr.isTTY) console.error(`${this.#title.padEnd(TITLE_WIDTH)} ${status}`);
  }
}

const TITLE_WIDTH = 12;
