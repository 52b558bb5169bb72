/** A terminal signals every program of a pipeline, and npm and tsx may pass theirs on: a burst counts as one Ctrl-C. */
const burst = 500;

/** Aborted by the first Ctrl-C; the second one quits at once. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  let first = 0;
  process.on('SIGINT', () => {
    if (!interrupt.signal.aborted) {
      first = Date.now();
      interrupt.abort();
      process.stderr.write('\nStopping after this step. Ctrl-C again quits at once.\n');
    } else if (Date.now() - first > burst) {
      process.exit(130);
    }
  });
  return interrupt.signal;
}
