import {mean, median} from 'simple-statistics';
import type {Row} from '../experiments/rows.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {type FamilyId, families, family, nameInText} from './families.js';
import {fixed} from './markdown.js';
import {accuracies, bestOnValidation, epochSeconds, type RowRuns, type RowsById, runsByRow} from './runs.js';
import {holm, type Point, slope, type TTest, welch} from './statistics.js';
import {weightGrid, weightsText} from './weightGrid.js';

export type Verdict =
  | 'holds'
  | 'does not hold'
  | 'not distinguishable'
  | 'not distinguishable (one seed)'
  | 'no results yet';

/** One test of a claim; its estimate is positive if it speaks for the claim. */
export interface ClaimTest {
  readonly what: string;
  readonly unit: string;
  readonly outcome: TTest | 'one seed' | 'no results';
}

export interface TestedClaim {
  readonly says: string;
  readonly measured: string;
  /** With p after Holm's correction over the tests of all claims. */
  readonly tests: readonly ClaimTest[];
  readonly verdict: Verdict;
}

/** What is claimed, and the tests that tell whether it is so. All of them must speak for it. */
type Claim = Omit<TestedClaim, 'verdict'>;

/** An error of the first kind in at most so many of all reports. */
export const LEVEL = 0.05;

/** The claims of the paper, held against the results. */
export function testClaims(results: readonly TrialRecord[]): TestedClaim[] {
  return corrected([...accuracyClaims(runsByRow(results)), weightsClaim(results), timeClaim(results)]).map(
    (claim) => ({...claim, verdict: verdict(claim.tests)}),
  );
}

/** The claims with their p-values corrected for how many there are. */
function corrected(claims: readonly Claim[]): Claim[] {
  const made = claims.flatMap(({tests}) =>
    tests.flatMap(({outcome}) => (typeof outcome === 'string' ? [] : [outcome])),
  );
  const adjusted = holm(made.map(({p}) => p));
  const pOf = new Map(made.map((outcome, index) => [outcome, adjusted[index]!]));
  return claims.map((claim) => ({
    ...claim,
    tests: claim.tests.map((test) => ({
      ...test,
      outcome: typeof test.outcome === 'string' ? test.outcome : {...test.outcome, p: pOf.get(test.outcome)!},
    })),
  }));
}

function verdict(tests: readonly ClaimTest[]): Verdict {
  const outcomes = tests.map(({outcome}) => outcome);
  if (outcomes.includes('no results')) return 'no results yet';
  const made = outcomes.filter((outcome) => typeof outcome !== 'string');
  const significant = made.filter(({p}) => p < LEVEL);
  if (significant.some(({estimate}) => estimate < 0)) return 'does not hold';
  if (made.length < tests.length) return 'not distinguishable (one seed)';
  return significant.length === tests.length ? 'holds' : 'not distinguishable';
}

function accuracyClaims(byRow: RowsById): Claim[] {
  const best = (rows: readonly Row[]) => bestOnValidation(rows.map(({id}) => byRow.get(id)!));
  const bestOf = (id: FamilyId) => best(family(id).rows);
  const row = (id: string) => byRow.get(id)!;

  const ranking = [bestOf('lsoftmax'), bestOf('asoftmax'), row('softmax'), row('hinge')];
  const threeWay = row('hinge-lsoftmax-asoftmax-4');
  const rows = families.flatMap((one) => one.rows);
  const runnerUp = best(rows.filter(({id}) => id !== threeWay.row.id));
  const single = best(rows.filter(({table}) => table === 1));
  const combination = best(rows.filter(({table}) => table === 2));
  return [
    {
      says: 'L-Softmax > A-Softmax > softmax > SVM',
      measured: measuredAccuracies(ranking),
      tests: ranking.slice(1).map((lower, index) => difference(ranking[index], lower)),
    },
    ...(['lsoftmax', 'asoftmax'] as const).map((id) => marginClaim(id, byRow)),
    {
      says: `${nameInText(threeWay.row)} is the best of all rows`,
      measured: measuredAccuracies([threeWay, runnerUp]),
      tests: [difference(threeWay, runnerUp)],
    },
    {
      says: 'The best combination beats the best single loss',
      measured: measuredAccuracies([combination, single]),
      tests: [difference(combination, single)],
    },
  ];
}

function marginClaim(id: 'lsoftmax' | 'asoftmax', byRow: RowsById): Claim {
  const {title, rows} = family(id);
  const ofFamily = rows.map((row) => byRow.get(row.id)!);
  const points = ofFamily.flatMap((row) => testAccuracies(row).map((y) => ({x: row.row.m!, y})));
  return {
    says: `${title}: the larger m, the better`,
    measured: measuredAccuracies(ofFamily),
    tests: [
      difference(ofFamily.at(-1), ofFamily[0]),
      trend('slope over m', 'points for each m', points, ofFamily),
    ],
  };
}

/** A trend over rows is noise to judge by their seeds, not by how well three points lie on a line. */
function trend(what: string, unit: string, points: readonly Point[], ofRows: readonly RowRuns[]): ClaimTest {
  const fewest = Math.min(...ofRows.map(({runs}) => runs.length));
  if (fewest < 2) return {what, unit, outcome: fewest === 0 ? 'no results' : 'one seed'};
  return {what, unit, outcome: slope(points) ?? 'no results'};
}

function difference(higher: RowRuns | undefined, lower: RowRuns | undefined): ClaimTest {
  return {
    what: against(higher?.row, lower?.row),
    unit: 'points',
    outcome: comparison(testAccuracies(higher), testAccuracies(lower)),
  };
}

function against(higher: Row | undefined, lower: Row | undefined): string {
  return [higher, lower]
    .map((row) => (row === undefined ? 'a row without results' : nameInText(row)))
    .join(' against ');
}

function comparison(higher: number[], lower: number[]): ClaimTest['outcome'] {
  if (higher.length === 0 || lower.length === 0) return 'no results';
  return welch(higher, lower) ?? 'one seed';
}

function testAccuracies(row: RowRuns | undefined): number[] {
  return row === undefined ? [] : accuracies(row.runs, 'testAccuracy');
}

function measuredAccuracies(rows: ReadonlyArray<RowRuns | undefined>): string {
  return rows
    .flatMap((row) => {
      const values = testAccuracies(row);
      return values.length === 0 ? [] : [`${nameInText(row!.row)}: ${fixed(mean(values))} %`];
    })
    .join('; ');
}

/**
 * A network with a scaled loss trains much the same, so what counts is which weight is ahead of the other. The grid has
 * one seed; what its cells scatter around the line is the noise.
 */
function weightsClaim(results: readonly TrialRecord[]): Claim {
  const {pairs, withHinge, bestPair, bestWithHinge} = weightGrid(results);
  const ahead = pairs.map(({lsoftmax, asoftmax, accuracy}) => ({x: lsoftmax - asoftmax, y: accuracy}));
  // The claim is that less is better: the axis is turned round.
  const less = withHinge.map(({hinge, accuracy}) => ({x: -hinge!, y: accuracy}));
  const chosen = bestWithHinge ?? bestPair;
  return {
    says: 'L-Softmax deserves the largest weight, and SVM the least',
    measured:
      chosen === null
        ? ''
        : `highest validation accuracy, ${fixed(chosen.accuracy)} %, at ${weightsText(chosen)}`,
    tests: [
      {
        what: 'slope of validation accuracy over L-Softmax’s weight less A-Softmax’s',
        unit: 'points for each 1.0',
        outcome: slope(ahead) ?? 'no results',
      },
      {
        what: 'slope over SVM’s weight, downwards',
        unit: 'points for each 1.0',
        outcome: slope(less) ?? 'no results',
      },
    ],
  };
}

function timeClaim(results: readonly TrialRecord[]): Claim {
  const threeWay = family('hinge-lsoftmax-asoftmax').rows;
  const timed = (row: Row) => ({row, seconds: epochSeconds(results, row.id)});
  const combination = timed(threeWay.at(-1)!);
  const slowestOther = families
    .flatMap(({rows}) => rows)
    .filter((row) => !threeWay.includes(row))
    .map(timed)
    .filter(({seconds}) => seconds.length > 0)
    .sort((one, other) => median(other.seconds) - median(one.seconds))
    .slice(0, 1);
  const compared = [combination, ...slowestOther].filter(({seconds}) => seconds.length > 0);
  return {
    says: 'The combination of all three costs the most time',
    measured: compared
      .map(({row, seconds}) => `${nameInText(row)}: ${fixed(median(seconds), 2)} s an epoch`)
      .join('; '),
    tests: [
      {
        what: against(combination.row, slowestOther[0]?.row),
        unit: 's',
        outcome: comparison(combination.seconds, slowestOther[0]?.seconds ?? []),
      },
    ],
  };
}
