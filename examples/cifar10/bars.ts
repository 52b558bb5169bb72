import {Writable} from 'node:stream';
import {SingleBar} from 'cli-progress';

/** Whether lines can be drawn again and again: a log and a dumb terminal hold those that stay. */
export function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

/** Where bars are drawn. They have no colours, so that NO_COLOR asks for nothing. */
export function barOptions() {
  return {
    stream: canRedraw() ? process.stderr : new Writable({write: (_chunk, _encoding, done) => done()}),
    clearOnComplete: true,
    etaBuffer: 50,
    // With it, the first Ctrl-C would stop the bar and not the program.
    gracefulExit: false,
  };
}

export function createBar(format: string): SingleBar {
  return new SingleBar({...barOptions(), format});
}
