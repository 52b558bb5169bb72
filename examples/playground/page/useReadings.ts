import {useEffect, useRef, useState} from 'preact/hooks';
import type {Readings, ReadRequest} from '../messages.js';
import type {EngineControls} from './useEngine.js';

/** How often a drawing is read again while training goes on, in milliseconds. */
const READ_EVERY = 1000;

/** How the reading goes. */
export interface ReadingState {
  /** Whether there is no answer to this request yet. */
  readonly isBusy: boolean;
  /** What went wrong. */
  readonly error: string | null;
}

interface Outcome {
  readonly answered: ReadRequest | null;
  readonly error: string | null;
}

/** Has both networks read a drawing, again as they train, one reading at a time. */
export function useReadings(
  {engine, report, isPlaying}: EngineControls,
  request: ReadRequest | null,
  onReadings: (readings: Readings | null) => void,
): ReadingState {
  const [{answered, error}, setOutcome] = useState<Outcome>({answered: null, error: null});
  const [finished, setFinished] = useState(0);
  // While training goes on, once in a while; then, for every step.
  const moment = isPlaying ? Math.floor(performance.now() / READ_EVERY) : `${report?.step}`;
  const asked = useRef({engine, request, moment, isOpen: false});

  useEffect(() => {
    if (!engine || !request) {
      onReadings(null);
      return;
    }
    const last = asked.current;
    const isSame = last.engine === engine && last.request === request;
    if (isSame && (last.isOpen || last.moment === moment)) return;
    const own = {engine, request, moment, isOpen: true};
    asked.current = own;
    engine
      .read(request)
      .then(
        (readings) => {
          if (asked.current !== own) return;
          onReadings(readings);
          setOutcome({answered: request, error: null});
        },
        ({message}: Error) => setOutcome({answered: request, error: message}),
      )
      .finally(() => {
        own.isOpen = false;
        setFinished((count) => count + 1);
      });
  }, [engine, request, moment, finished, onReadings]);
  return {isBusy: request !== null && request !== answered, error};
}
