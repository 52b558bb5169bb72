import type {Row} from '../experiments/rows.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {testClaims, type Verdict} from './claims.js';
import {families, family, marginFamilies, nameInText} from './families.js';
import {fixed, list, range} from './markdown.js';
import {dip, isComplete, ownByMargin, paperByMargin} from './oddMargins.js';
import {accuracies, bestOnValidation, type RowRuns, runsByRow} from './runs.js';
import {confidenceInterval} from './statistics.js';

/** What came of it all, in one sentence. */
export function summary(results: readonly TrialRecord[]): string {
  const byRow = runsByRow(results);
  const best = (rows: readonly Row[]) => bestOnValidation(rows.map(({id}) => byRow.get(id)!));
  const combined = families.flatMap(({rows}) => rows).filter(({table}) => table === 2);
  const compared = [
    ...['hinge', 'softmax'].map((id) => byRow.get(id)),
    ...(['lsoftmax', 'asoftmax'] as const).map((id) => best(family(id).rows)),
    best(combined),
  ].filter((row) => row !== undefined && row.runs.length > 0) as RowRuns[];
  if (compared.length === 0) return 'The tables have no results yet.';
  const seeds = compared.map(({runs}) => runs.length);
  const over =
    Math.max(...seeds) === 1 ? '1 seed' : `${range(seeds)} seeds (mean ± 95 % confidence interval)`;
  const [first, ...others] = compared.map((row) => ({
    name: `${row.row.table === 2 ? 'the best combination, ' : ''}${nameInText(row.row)}`,
    share: accuracyText(row),
  }));
  const reached = [
    `${first!.name} reaches ${first!.share} of CIFAR-10’s test images`,
    ...others.map(({name, share}) => `${name} ${share}`),
  ];
  return (
    `Trained alike, after the same search for each single loss and with m chosen on validation images, over ${over}, ${list(reached)}; ` +
    `${[claimsText(results), oddMarginsText(results)].filter((text) => text !== null).join(', and ')}.`
  );
}

function accuracyText({runs}: RowRuns): string {
  const {mean, halfWidth} = confidenceInterval(accuracies(runs, 'testAccuracy'));
  return halfWidth === null ? `${fixed(mean)} %` : `${fixed(mean)} ± ${fixed(halfWidth)} %`;
}

function claimsText(results: readonly TrialRecord[]): string {
  const verdicts = testClaims(results).map(({verdict}) => verdict);
  const having = (beginning: Verdict) => verdicts.filter((verdict) => verdict.startsWith(beginning)).length;
  const untested = having('no results yet');
  return (
    `of the paper’s ${verdicts.length} claims, the data support ${having('holds')}, contradict ${having('does not hold')} ` +
    `and leave ${having('not distinguishable') + untested} open`
  );
}

function oddMarginsText(results: readonly TrialRecord[]): string | null {
  const own = marginFamilies.map(({id}) => ownByMargin(results, id)).filter(isComplete);
  if (own.length === 0) return null;
  const deepest = Math.max(...own.map(dip));
  const theirs = range(
    marginFamilies.map(({id}) => dip(paperByMargin(id))),
    1,
  );
  const ours =
    Number(deepest.toFixed(1)) > 0
      ? `lie at most ${fixed(deepest)} below it here`
      : 'do not lie below it here';
  return `its rows of m = 3, which lie ${theirs} points below the mean of their neighbours there, ${ours}`;
}
