import {type BackendChoice, startBackend} from '../backend.js';
import {readCifar10} from '../data/cifar10.js';
import {exitStatus, type StopSignal, stopSignals} from '../interrupt.js';
import {locateWithProgress} from '../progress.js';
import {currentCommit, portableCommand} from './provenance.js';
import {ResultsFile} from './resultsFile.js';
import type {Trial} from './trial.js';
import {TrialProgress, type Workload} from './trialProgress.js';
import type {TrialRecord} from './trialRecord.js';
import {TrialRunner} from './trialRunner.js';

/** Where and how an experiment runs its trials. */
export interface ExperimentOptions {
  /** The results file that this experiment reads and adds to. */
  readonly results: string;
  readonly jobs: number;
  readonly backend: BackendChoice;
  /** The folder of the binary batches; the cache and the official download if not given. */
  readonly data?: string;
}

/**
 * Runs an experiment: `conduct` gets the means to run a trial. Prints how it goes and what came of it; the exit status is
 * 1 if a trial failed.
 */
export async function runExperiment(
  options: ExperimentOptions,
  workload: Workload,
  conduct: (run: (trial: Trial) => Promise<TrialRecord>) => Promise<unknown>,
): Promise<void> {
  const results = await ResultsFile.open(options.results);
  const data = await locateWithProgress(options.data);
  // Better one complaint now than one from each trial.
  await readCifar10(data);
  await startBackend(options.backend);

  const progress = new TrialProgress(workload);
  const runner = new TrialRunner({
    ...options,
    results,
    data,
    command: portableCommand(process.argv.slice(2)),
    commit: currentCommit(),
    observer: progress,
  });
  const stop = (signal: StopSignal) => {
    progress.stop();
    console.error(`\nStopped. What is done is in ${options.results}; the same command goes on from there.`);
    process.exit(exitStatus(signal));
  };
  for (const signal of stopSignals) process.on(signal, stop);

  const records: TrialRecord[] = [];
  try {
    await conduct(async (trial) => {
      const record = await runner.run(trial);
      records.push(record);
      return record;
    });
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
    progress.stop();
    await results.close();
  }
  console.log(`${summary(records)} Results: ${options.results}`);
  if (records.some(({outcome}) => outcome === 'failed')) process.exitCode = 1;
}

function summary(records: readonly TrialRecord[]): string {
  const count = (outcome: TrialRecord['outcome']) =>
    records.filter((record) => record.outcome === outcome).length;
  const failed = count('failed');
  const remedy = failed === 0 ? '' : ' (the same command tries those again)';
  return `${records.length} trials: ${count('done')} done, ${count('diverged')} diverged, ${failed} failed${remedy}.`;
}
