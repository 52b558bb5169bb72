import {constants} from 'node:os';

/** Ctrl-C, what batch systems and containers send before they kill, and a terminal that is closed. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** What a shell expects of a program that a signal has stopped. */
export function exitStatus(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/** A terminal signals every program of a pipeline, and npm and tsx may pass theirs on: a burst counts as one. */
const burst = 500;

/** Aborted by the first signal, with the exit status as its reason; a second one quits at once. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  let first = 0;
  for (const name of stopSignals) {
    process.on(name, () => {
      if (!interrupt.signal.aborted) {
        first = Date.now();
        interrupt.abort(exitStatus(name));
        console.error('\nStopping after this step. Ctrl-C again quits at once.');
      } else if (Date.now() - first > burst) {
        process.exit(exitStatus(name));
      }
    });
  }
  return interrupt.signal;
}
