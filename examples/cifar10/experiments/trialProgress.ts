import {MultiBar, type SingleBar} from 'cli-progress';
import {barOptions, canRedraw} from '../bars.js';
import {percent} from '../progress.js';
import type {Trial} from './trial.js';
import {type TrialRecord, validationAccuracyOf} from './trialRecord.js';
import type {TrialObserver} from './trialRunner.js';

/** How much there is to do, trials that have been done before included. */
export interface Workload {
  readonly trials: number;
  readonly epochs: number;
}

/** A line for each finished trial; on a terminal, under them, a bar that counts epochs, since trials differ in length. */
export class TrialProgress implements TrialObserver {
  readonly #workload: Workload;
  readonly #bars = new MultiBar({
    ...barOptions(),
    format: '{bar} {trials} trials, {left} left | {running}',
  });
  readonly #bar: SingleBar;
  /** Epochs done and the last accuracy of each trial that is running. */
  readonly #running = new Map<Trial, {epochs: number; accuracy: number | null}>();
  readonly #start = Date.now();
  #trialsDone = 0;
  /** Of finished trials; those of an earlier run say nothing about how fast this one is. */
  #epochsDone = 0;
  #epochsKnown = 0;

  constructor(workload: Workload) {
    this.#workload = workload;
    this.#bar = this.#bars.create(workload.epochs, 0, this.#payload());
  }

  started(trial: Trial): void {
    this.#running.set(trial, {epochs: 0, accuracy: null});
    this.#update();
  }

  epoch(trial: Trial, accuracy: number | null): void {
    const epochs = (this.#running.get(trial)?.epochs ?? 0) + 1;
    this.#running.set(trial, {epochs, accuracy});
    this.#update();
  }

  finished(trial: Trial, record: TrialRecord, isNew: boolean): void {
    this.#running.delete(trial);
    this.#trialsDone++;
    this.#epochsDone += trial.config.epochs;
    if (isNew) this.#print(`${this.#payload().trials}  ${describe(record)}  (${this.#payload().left} left)`);
    else this.#epochsKnown += trial.config.epochs;
    this.#update();
  }

  stop(): void {
    this.#bars.stop();
  }

  #print(line: string): void {
    if (canRedraw()) this.#bars.log(`${line}\n`);
    else console.log(line);
  }

  #update(): void {
    this.#bar.update(this.#epochsSoFar(), this.#payload());
  }

  #epochsSoFar(): number {
    return [...this.#running.values()].reduce((sum, {epochs}) => sum + epochs, this.#epochsDone);
  }

  #payload() {
    const running = [...this.#running].map(([{label}, {accuracy}]) => `${label}: ${percent(accuracy)} %`);
    return {
      trials: `${this.#trialsDone}/${this.#workload.trials}`,
      left: this.#timeLeft(),
      running: running.join(' | '),
    };
  }

  #timeLeft(): string {
    const trained = this.#epochsSoFar() - this.#epochsKnown;
    if (trained === 0) return '–';
    const minutes =
      ((Date.now() - this.#start) / 60_000 / trained) * (this.#workload.epochs - this.#epochsSoFar());
    return minutes < 1 ? `${Math.ceil(minutes * 60)} s` : `${Math.ceil(minutes)} min`;
  }
}

function describe(record: TrialRecord): string {
  const {label, config, outcome, problem, seconds} = record;
  const accuracy = validationAccuracyOf(record);
  const result = accuracy === null ? `${outcome}: ${problem}` : `validation ${percent(accuracy)} %`;
  return `${label}, seed ${config.seed}, ${config.epochs} ${config.epochs === 1 ? 'epoch' : 'epochs'}: ${result}, ${seconds.toFixed(0)} s`;
}
