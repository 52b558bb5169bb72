import {median} from 'simple-statistics';
import {z} from 'zod';
import type {TrainRecord} from '../../examples/cifar10/record.js';
import {replaceTable} from '../guideTable.js';

/** As far as the table needs it: what `npm run bench:step` writes. */
export const stepBenchmarkSchema = z.object({
  results: z.array(
    z.object({
      layers: z.string(),
      matMul: z.string(),
      medianMilliseconds: z.number().positive(),
      timesFaster: z.number().positive(),
    }),
  ),
});
export type StepBenchmark = z.infer<typeof stepBenchmarkSchema>;

const COMMAND = 'npm run docs:cifar10';

/** The guide to the trainer with its tables made from the results. */
export function withTables(guide: string, runs: readonly TrainRecord[], benchmark: StepBenchmark): string {
  const withRuns = replaceTable(guide, 'runs', COMMAND, runsTable(runs));
  return replaceTable(withRuns, 'step-benchmark', COMMAND, benchmarkTable(benchmark));
}

function runsTable(runs: readonly TrainRecord[]): string {
  return [
    '| `--loss` | train | validation | test | seconds an epoch |',
    '|---|--:|--:|--:|--:|',
    ...runs.map(({config, final, epochs}) => {
      if (final === null) throw new Error(`the run of ${config.loss} diverged; run it again`);
      const accuracies = [final.trainAccuracy, final.validationAccuracy, final.testAccuracy];
      const cells = [...accuracies.map(percent), median(epochs.map(({seconds}) => seconds)).toFixed(1)];
      return `| \`${config.loss}\` | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

function benchmarkTable({results}: StepBenchmark): string {
  return [
    '| layers | matrix product | median ms | times faster |',
    '|---|---|--:|--:|',
    ...results.map(
      ({layers, matMul, medianMilliseconds, timesFaster}) =>
        `| ${layers} | ${matMul} | ${medianMilliseconds.toFixed(1)} | ${timesFaster.toFixed(1)} |`,
    ),
  ].join('\n');
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
