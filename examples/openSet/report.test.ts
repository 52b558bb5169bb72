import {readFile} from 'node:fs/promises';
import {mean} from 'simple-statistics';
import {describe, expect, it} from 'vitest';
import {combination, PAPER, weights} from './contenders.js';
import {drawFigure} from './figure.js';
import {problemNames, problems} from './problems.js';
import {withTables} from './report.js';
import {interval, knownTable, Standings, standingsOf, unknownTable, weightTable} from './table.js';
import {REFERENCE, readResults, searchTrials, type TrialResult, testTrials} from './trials.js';

/** How far the AUROC of a contender is above 0.8 on a split. */
type Lead = (contender: string, split: number) => number;

describe('the guide', async () => {
  const docs = new URL('../../docs/', import.meta.url);
  const results = await readResults(new URL('results/open-set.jsonl', docs));
  const [mnist, cifar10, numbers] = standingsOf(results) as [Standings, Standings, Standings];
  /** 1 or −1 where the interval leaves out 0. */
  const sign = (standings: Standings, title: string, from: string, metric: 'auroc' | 'oscr' = 'auroc') => {
    const text = interval(standings.differences(title, from, metric));
    return text.startsWith('**') ? (text.startsWith('**+') ? 1 : -1) : 0;
  };
  const paper = combination(PAPER);
  const large = combination(3);

  it('shows the results that are in the file', async () => {
    const guide = await readFile(new URL('open-set.md', docs), 'utf8');
    expect(withTables(guide, results)).toBe(guide);
    const changed = results.map((result) =>
      result.stage === 'test' ? {...result, accuracy: 0.123} : result,
    );
    expect(withTables(guide, changed)).not.toBe(guide);
  });

  it('has the figure of them', async () => {
    expect(await readFile(new URL('images/open-set.svg', docs), 'utf8')).toBe(await drawFigure(results));
  });

  it('says of numbers that every step of the weight helps, from behind softmax to ahead of it, and what is better', () => {
    for (const metric of ['auroc', 'oscr'] as const) {
      for (const [i, weight] of weights.slice(1).entries()) {
        expect(sign(numbers, combination(weight), combination(weights[i]!), metric)).toBe(1);
      }
      expect(sign(numbers, 'arcface', 'asoftmax', metric)).toBe(1);
    }
    expect([sign(numbers, paper, REFERENCE), sign(numbers, large, REFERENCE)]).toEqual([-1, 1]);
    expect([sign(numbers, 'asoftmax', large), sign(numbers, 'asoftmax', large, 'oscr')]).toEqual([0, 1]);
  });

  it('says of six classes that nothing is decided', () => {
    for (const standings of [mnist, cifar10]) {
      for (const weight of weights) expect(sign(standings, combination(weight), paper)).toBe(0);
    }
    const aurocs = weights.map((weight) => mean(mnist.values(combination(weight), 'auroc')));
    expect(Math.max(...aurocs) - Math.min(...aurocs)).toBeLessThan(0.5);
    expect(mean(cifar10.values(REFERENCE, 'accuracy'))).toBeCloseTo(57, 0);
  });
});

describe('tables', () => {
  const made = results((contender, split) => (contender === combination(3) ? 2 : 1) * (split / 100));
  const [mnist, cifar10, numbers] = standingsOf(made) as [Standings, Standings, Standings];

  it('hold means over the splits, and differences to tuned softmax with their interval', () => {
    const rows = knownTable(mnist).split('\n');
    expect(rows).toHaveLength(2 + 12);
    expect(rows).toContain('| `softmax, tuned` | 90.0 | 83.0 | 74.7 | 70.0 | knn 5 |');
    // 1, 2, 3, 4 and 5 points more: 3 ± 2.776 · 1.581 / √5
    expect(rows.at(-1)).toBe(
      '| `combined, a = 3` | 90.0 (0.0 ± 0.0) | 86.0 (**+3.0 ± 2.0**) | 77.4 (**+2.7 ± 1.8**) | 70.0 (0.0 ± 0.0) | knn 5 |',
    );
  });

  it('count splits of CIFAR-10 with the same classes once', () => {
    // 1.5, 3, 4 and 5 points
    expect(cifar10.differences(combination(3), 'softmax, tuned', 'auroc').map((d) => d.toFixed(1))).toEqual([
      '1.5',
      '3.0',
      '4.0',
      '5.0',
    ]);
  });

  it('compare unknown classes where they are enrolled', () => {
    expect(unknownTable(numbers)).toContain('| `softmax, tuned` | 10.0 | 40.0 | 60.0 | 80.0 |');
  });

  it("compare weights with the paper's", () => {
    const rows = weightTable([mnist, cifar10, numbers]).split('\n');
    expect(rows[3]).toBe("| **0.34**, the paper's | 83.0 |  | 83.4 |  | 83.0 |  |");
    expect(rows[5]).toContain('| 3 | 86.0 | **+3.0 ± 2.0** | 86.8 | **+3.4 ± 2.4** |');
  });

  it('mark an interval that leaves out 0', () => {
    expect(interval([1, 2, 3])).toBe('+2.0 ± 2.5');
    expect(interval([-2, -2.5, -3])).toBe('**−2.5 ± 1.2**');
  });

  it('say what is missing', () => {
    const rest = made.filter(
      ({stage, contender, split}) => !(stage === 'test' && contender === 'hinge' && split === 3),
    );
    expect(() => knownTable(new Standings('mnist', rest))).toThrow(
      'there is no test of hinge on split 3 of MNIST, seed 1; run the experiment first: npm run open-set -- run',
    );
  });
});

/** A whole experiment: all is alike but for the lead, and the score knn is the best. */
function results(lead: Lead): TrialResult[] {
  return problemNames.flatMap((problem) =>
    [...problems[problem].splits.keys()].flatMap((i) => {
      const make = (auroc: number) => ({
        accuracy: 0.9,
        scores: Object.fromEntries(
          ['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'].map((score) => {
            const value = score === 'knn' ? auroc : 0.7;
            return [score, {auroc: value, oscr: 0.9 * value}];
          }),
        ) as TrialResult['scores'],
        unknown: {eer: 0.1, tar: 0.4, oneShot: 0.6, fiveShot: 0.8},
      });
      const search = searchTrials(problem, i + 1).map((trial) => ({...trial, ...make(0.75)}));
      const tests = testTrials(problem, i + 1, 1, search).map((trial) => ({
        ...trial,
        ...make(0.8 + lead(trial.contender, i + 1)),
      }));
      return [...search, ...tests];
    }),
  );
}
