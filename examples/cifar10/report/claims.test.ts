import {expect, it} from 'vitest';
import {type TestedClaim, testClaims} from './claims.js';
import {madeUpGrid, madeUpTables, madeUpTimes} from './madeUpResults.js';

/** Test accuracy of each row as the paper would have it. */
const asClaimed = new Map([
  ['hinge', 0.5],
  ['softmax', 0.52],
  ['asoftmax-2', 0.53],
  ['asoftmax-3', 0.54],
  ['asoftmax-4', 0.55],
  ['lsoftmax-2', 0.56],
  ['lsoftmax-3', 0.57],
  ['lsoftmax-4', 0.58],
  ['hinge-lsoftmax-asoftmax-4', 0.6],
]);
const byTheRow = (id: string) => asClaimed.get(id) ?? 0.55;
/** So that the seeds differ by a tenth of a point. */
const scatter = (seed: number) => seed / 1000;

const best = {lsoftmax: 0.9, asoftmax: 0.2};
const ripples = (weights: object) =>
  0.0005 * Math.sin(1e3 * JSON.stringify(weights).length + Object.values(weights)[0] * 37);

function claimed(accuracy = byTheRow, seeds = 3) {
  return [
    ...madeUpTables(seeds, (id, seed) => ({test: accuracy(id) + scatter(seed)})),
    ...madeUpTimes(seeds, (id, seed) => ({test: 0.5, seconds: id.split('-').length + scatter(seed)})),
    ...madeUpGrid(
      best,
      (weights) => 0.5 + 0.02 * (weights.lsoftmax - weights.asoftmax - weights.hinge) + ripples(weights),
    ),
  ];
}

function verdicts(claims: readonly TestedClaim[]): string[] {
  return claims.map(({verdict}) => verdict);
}

const [RANKING, LARGER_M, , THREE_WAY, COMBINATION, WEIGHTS, TIME] = [0, 1, 2, 3, 4, 5, 6];

it('every claim holds where the results are as the paper has it', () => {
  expect(verdicts(testClaims(claimed()))).toEqual(Array(7).fill('holds'));
});

it('a claim does not hold where a single link is significantly the other way round', () => {
  const claims = testClaims(claimed((id) => (id === 'softmax' ? 0.65 : byTheRow(id))));
  expect(claims[RANKING]!.verdict).toBe('does not hold');
  expect(claims[COMBINATION]!.verdict).toBe('does not hold');
  expect(claims[THREE_WAY]!.verdict).toBe('does not hold');
  expect(claims[LARGER_M]!.verdict).toBe('holds');
});

it('a difference within the scatter of the seeds is not distinguishable', () => {
  const claims = testClaims(claimed((id) => (id.startsWith('lsoftmax') ? 0.55 : byTheRow(id))));
  expect(claims[RANKING]!.verdict).toBe('not distinguishable');
  expect(claims[LARGER_M]!.verdict).toBe('not distinguishable');
});

it('one seed tells nothing between rows; the grid has its own scatter', () => {
  const claims = testClaims(claimed(byTheRow, 1));
  const expected = Array(7).fill('not distinguishable (one seed)');
  expected[WEIGHTS] = 'holds';
  expect(verdicts(claims)).toEqual(expected);
  expect(claims[RANKING]!.tests.map(({outcome}) => outcome)).toEqual(Array(3).fill('one seed'));
});

it('says so where there are no results', () => {
  expect(verdicts(testClaims([]))).toEqual(Array(7).fill('no results yet'));
});

it('a family is represented by the row with the best validation accuracy, whatever it does on the test images', () => {
  const results = madeUpTables(3, (id, seed) => ({
    test: byTheRow(id) + scatter(seed),
    validation: id === 'lsoftmax-2' ? 0.7 : 0.5,
  }));
  const [ranking] = testClaims(results);
  expect(ranking!.measured).toContain('L-Softmax (m = 2): 56.2 %');
  expect(ranking!.tests[0]!.what).toMatch(/^L-Softmax \(m = 2\) against /);
});

it('p-values are corrected over the tests of all claims', () => {
  const all = claimed();
  const softmaxAgainstHinge = (results: typeof all) => {
    const {outcome} = testClaims(results)[RANKING]!.tests[2]!;
    return typeof outcome === 'string' ? Number.NaN : outcome.p;
  };
  const alone = all.filter(
    ({study, label}) => study === 'tables' && (label === 'softmax' || label === 'hinge'),
  );
  expect(softmaxAgainstHinge(all)).toBeGreaterThan(1.5 * softmaxAgainstHinge(alone));
});

it('the weights are judged by which is ahead: the claim fails on a grid that favours A-Softmax', () => {
  const grid = madeUpGrid(
    {lsoftmax: 0.2, asoftmax: 0.9},
    (weights) => 0.5 + 0.02 * (weights.asoftmax - weights.lsoftmax) + ripples(weights),
  );
  expect(testClaims(grid)[WEIGHTS]!.verdict).toBe('does not hold');
});

it('times come from runs of their own where there are any, else from the tables', () => {
  const tables = madeUpTables(3, (id, seed) => ({
    test: 0.5,
    seconds: (id === 'softmax' ? 9 : 5) + scatter(seed),
  }));
  expect(testClaims(tables)[TIME]!.verdict).toBe('does not hold');
  const times = madeUpTimes(3, (id, seed) => ({test: 0.5, seconds: id.split('-').length + scatter(seed)}));
  expect(testClaims([...tables, ...times])[TIME]!.verdict).toBe('holds');
});
