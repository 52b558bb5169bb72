import {proxy, type Remote, releaseProxy, wrap} from 'comlink';
import {useCallback, useEffect, useRef, useState} from 'preact/hooks';
import {DIGITS_FILE} from '../digits/format.js';
import type {Engine, Opened, Pair, PanelReport, Report} from '../messages.js';
import type {Settings} from '../settings.js';

/** Training stops by itself after so many steps, and goes on for as many when asked to. */
const RUN = 1000;

/** How long a slider rests before training begins anew, in milliseconds. */
const REST = 150;

/** What charts keep of a report. */
export interface Moment {
  readonly step: number;
  readonly panels: Pair<Pick<PanelReport, 'accuracy' | 'terms'>>;
}

/** What the worker does, as the page shows it. */
export interface EngineState {
  readonly opened: Opened | null;
  /** Of the networks that train now, from the first report on. */
  readonly history: readonly Moment[];
  /** The last one; null until there are networks. */
  readonly report: Report | null;
  readonly isPlaying: boolean;
  readonly error: string | null;
}

export interface EngineControls extends EngineState {
  /** Null until there are networks. */
  readonly engine: Remote<Engine> | null;
  play(): void;
  pause(): void;
  step(): void;
  /** Begins anew with the same settings. */
  reset(): void;
}

const CLOSED: EngineState = {opened: null, history: [], report: null, isPlaying: false, error: null};

/** A worker with a backend, and in it two networks that begin anew whenever the settings change. */
export function useEngine(settings: Settings): EngineControls {
  const [state, setState] = useState(CLOSED);
  const [engine, setEngine] = useState<Remote<Engine> | null>(null);
  const [resets, setResets] = useState(0);
  const wantsToPlay = useRef(!matchMedia('(prefers-reduced-motion: reduce)').matches);
  const update = useCallback(
    (change: Partial<EngineState>) => setState((last) => ({...last, ...change})),
    [],
  );
  const fail = useCallback(
    (error: unknown) => update({error: String((error as Error).message ?? error), isPlaying: false}),
    [update],
  );
  const add = useCallback(
    (report: Report) => setState((last) => ({...last, history: [...last.history, momentOf(report)], report})),
    [],
  );

  useEffect(() => {
    const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {type: 'module'});
    worker.addEventListener('error', ({message}) => fail(new Error(message || 'the worker did not load')));
    const remote = wrap<Engine>(worker);
    setState(CLOSED);
    remote.open(settings.backend, new URL(DIGITS_FILE, document.baseURI).href).then((opened) => {
      update({opened});
      setEngine(() => remote);
    }, fail);
    return () => {
      setEngine(null);
      remote[releaseProxy]();
      worker.terminate();
    };
  }, [settings.backend, update, fail]);

  const play = useCallback(
    async (from: number) => {
      wantsToPlay.current = true;
      update({isPlaying: true});
      await engine!.play(from + RUN, proxy(add)).then(() => update({isPlaying: false}), fail);
    },
    [engine, update, add, fail],
  );
  const networks = JSON.stringify([settings.losses, settings.seed, settings.strangers]);

  useEffect(() => {
    if (engine === null) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      try {
        await engine.pause();
        const first = await engine.start(settings);
        if (!isCurrent) return;
        update({history: [momentOf(first)], report: first, error: null, isPlaying: false});
        if (wantsToPlay.current) await play(first.step);
      } catch (error) {
        fail(error);
      }
    }, REST);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [engine, networks, resets]);

  const step = state.report?.step ?? 0;
  return {
    ...state,
    engine: state.report && engine,
    play: () => void play(step),
    pause() {
      wantsToPlay.current = false;
      void engine?.pause();
    },
    step() {
      wantsToPlay.current = false;
      engine?.step().then(add, fail);
    },
    reset: () => setResets((count) => count + 1),
  };
}

function momentOf({step, panels: [left, right]}: Report): Moment {
  const kept = ({accuracy, terms}: PanelReport) => ({accuracy, terms});
  return {step, panels: [kept(left), kept(right)]};
}
