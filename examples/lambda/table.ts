import {softmax} from 'tfjs-losses';
import {candidates, marginLosses, withCandidate} from './candidates.js';
import type {TrialResult} from './results.js';
import {type Dataset, type Trial, trialKey} from './trials.js';

type Accuracy = 'validationAccuracy' | 'testAccuracy';

/**
 * Mean test accuracies in %, a row a candidate. The last column tells how far the worst of the row's validation
 * accuracies lies below softmax's, in points: the figure by which the default was chosen.
 */
export function lambdaTable(results: readonly TrialResult[], dataset: Dataset): string {
  const byTrial = new Map(results.map((result) => [trialKey(result), result]));
  const seeds = [...new Set(results.map(({seed}) => seed))];
  const resultsOf = (loss: Trial['loss']) =>
    seeds.flatMap((seed) => byTrial.get(trialKey({dataset, loss, seed})) ?? []);

  const reference = resultsOf(softmax().getConfig());
  if (reference.length === 0) {
    throw new Error(
      `there is no result of softmax on ${dataset}; run the experiment first: npm run lambda -- run`,
    );
  }
  const rows = Object.keys(candidates).flatMap((candidate) => {
    const cells = marginLosses.map((loss) => resultsOf(withCandidate(loss, candidate).getConfig()));
    if (cells.some((cell) => cell.length === 0)) return [];
    const gaps = cells.map(
      (cell) => mean(reference, 'validationAccuracy') - mean(cell, 'validationAccuracy'),
    );
    return [
      [candidate, ...cells.map((cell) => mean(cell, 'testAccuracy').toFixed(1)), signed(Math.max(...gaps))],
    ];
  });
  return [
    `| λ | ${marginLosses.map(({name, m}) => `${name}, m = ${m}`).join(' | ')} | worst gap |`,
    `|---|${marginLosses.map(() => '--:|').join('')}--:|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    `Softmax reached ${mean(reference, 'testAccuracy').toFixed(1)} %. Training took ${reference[0]!.epochs} epochs; ` +
      `${reference.length === 1 ? 'one run each' : `means of ${reference.length} runs`}.`,
  ].join('\n');
}

/** In %; a run that diverged counts as 0. */
function mean(results: readonly TrialResult[], accuracy: Accuracy): number {
  return (100 * results.reduce((sum, result) => sum + (result[accuracy] ?? 0), 0)) / results.length;
}

/** With a proper minus sign, and none on 0.0. */
function signed(points: number): string {
  return points
    .toFixed(1)
    .replace(/^-(0\.0)$/, '$1')
    .replace('-', '−');
}
