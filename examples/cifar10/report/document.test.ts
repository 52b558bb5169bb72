import {readFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {readHyperparameters} from '../experiments/hyperparameters.js';
import {readResults} from '../experiments/resultsFile.js';
import {hyperparametersPath} from '../experiments/trialOptions.js';
import {reportedResults, withSummary} from '../reportCommand.js';
import {document} from './document.js';
import {
  failed,
  madeUpGrid,
  madeUpOddMargins,
  madeUpSearch,
  madeUpSettings,
  madeUpTables,
  madeUpTimes,
} from './madeUpResults.js';
import {summary} from './summary.js';

const tables = madeUpTables(3, (id, seed) => ({
  test: (id === 'softmax' ? 0.54 : 0.55) + seed / 1000,
  validation: 0.56,
  seconds: 4,
}));
const times = madeUpTimes(3, (id) => ({test: 0.5, seconds: id === 'lsoftmax-4' ? 5.2 : 4}));
const grid = madeUpGrid({lsoftmax: 0.7, asoftmax: 0.3}, ({lsoftmax, asoftmax, hinge}) =>
  lsoftmax === 0.7 && asoftmax === 0.3 ? 0.53 + hinge / 100 : 0.52,
);
const oddMargins = madeUpOddMargins(({phi}, _, m) => (phi === 'cosine' && m === 3 ? 0.41 : 0.54));
const everything = [...tables, ...times, ...grid, ...madeUpSearch(), ...oddMargins];

/** The lines of the table that begin with this. */
function tableLines(markdown: string, beginning: string): string[] {
  return markdown.split('\n').filter((line) => line.startsWith(`| ${beginning}`));
}

describe('the whole report', async () => {
  const {markdown, figures} = await document(everything, madeUpSettings);

  it('has a figure for each link, and a link for each figure', () => {
    const linked = [...markdown.matchAll(/!\[.+?\]\(images\/(.+?)\)/g)].map(([, name]) => name);
    expect(linked.sort()).toEqual(Object.keys(figures).sort());
    expect(linked).toHaveLength(7);
    for (const svg of Object.values(figures)) {
      expect(svg).toMatch(/^<svg/);
      expect(svg).toContain('fill="#ffffff"');
      expect(svg).not.toMatch(/NaN|undefined/);
    }
  });

  it('has every number it needs', () => {
    expect(markdown).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('shows each row of the tables beside the paper’s, with interval, seeds and time', () => {
    // Test accuracies 55.1, 55.2 and 55.3: standard deviation 0.1, t(0.975; 2) = 4.303, so ± 0.248.
    expect(tableLines(markdown, 'L-Softmax, m = 4')).toContain(
      '| L-Softmax, m = 4 | 65.2 | 63.7 | 56.0 | 56.1 | 55.2 ± 0.2 | 55.5 | 3 | 1.30× |',
    );
    expect(tableLines(markdown, 'SVM + L-Softmax + A-Softmax with the weights of our grid')).toHaveLength(1);
  });

  it('shows what the searches found', () => {
    expect(tableLines(markdown, 'lsoftmax')).toContain(
      '| lsoftmax | 0.0042 | 0.7 | 0.13 | yes | 900, 0.2, 1, 7 | 12.5 % | 19 | 83 | 55.5 |',
    );
    expect(tableLines(markdown, 'asoftmax, m = 3')).toHaveLength(1);
    expect(markdown).toContain('Of 64 pairs the best is 0.7 L-Softmax + 0.3 A-Softmax, with 53.0 %');
    expect(markdown).toContain('0.9 SVM + 0.7 L-Softmax + 0.3 A-Softmax, with 53.9 %');
  });

  it('names the readings of the margin that are nearest to the paper, and all that make m = 3 fall', () => {
    const rows = markdown.split('\n').filter((line) => /^\| (\*\*)?(cos|\(−1\)).*-Softmax/.test(line));
    expect(rows).toHaveLength(24);
    // 1, 0.7 and −0.5 points from 53, 40.3 and 54.5.
    expect(rows[0]).toContain('**A-Softmax** | **54.0** | **41.0** | **54.0** | **13.0** | **0.8** |');
    expect(markdown).toContain(
      'm = 3 falls at least 10 points below both of its neighbours in 6 of 24 readings',
    );
    expect(markdown).toContain('With ψ itself m = 3 never falls below both.');
    expect(markdown).toMatch(
      /Of m = 3 by itself, A-Softmax with φ = .* is nearest, 41\.0 % where the paper has 40\.3 %/,
    );
    expect(rows.filter((row) => row.includes('**')).map((row) => row.split(' | ')[2])).toEqual([
      '**A-Softmax**',
      '**L-Softmax**',
    ]);
    expect(markdown).toContain(
      'A-Softmax with φ = cos(mθ) (“SphereFace, min 5”), at a distance of 0.8 points.',
    );
  });

  it('tells how it was run', () => {
    expect(tableLines(markdown, 'tables | 54 | 540 ')[0]).toContain(
      '`npm run cifar10 -- tables` | `c0ffee` |',
    );
    expect(markdown).toContain('backend wasm, node 20.0.0');
  });

  it('quotes its summary', () => {
    expect(markdown).toContain(`> ${summary(everything)}\n`);
    expect(summary(everything)).toContain('Softmax 54.2 ± 0.2 %');
    expect(summary(everything)).toMatch(/^[^\n]+\.$/);
  });

  it('links to the figures where they lie', async () => {
    const elsewhere = await document(tables, null, '../figures');
    expect(elsewhere.markdown).toContain('](../figures/reproduction.svg)');
  });
});

it.each(['tables', 'timing', 'weight grid', 'random search', 'odd margins'] as const)(
  'changes with a result of the %s',
  async (study) => {
    const before = await document(everything, madeUpSettings);
    const {label} = everything.find((record) => record.study === study && record.label !== 'softmax')!;
    const changed = everything.map((record) =>
      record.study !== study || record.label !== label
        ? record
        : {
            ...record,
            secondsPerEpoch: record.secondsPerEpoch.map(() => 9),
            curves: {
              ...record.curves,
              validationAccuracy: [...record.curves.validationAccuracy.slice(1), 0.71],
            },
            final: record.final && {trainAccuracy: 0.7, validationAccuracy: 0.71, testAccuracy: 0.72},
          },
    );
    expect(await document(changed, madeUpSettings)).not.toEqual(before);
  },
);

it('changes with the settings that were found', async () => {
  const before = await document(everything, madeUpSettings);
  const weights = {...madeUpSettings.weights!, lsoftmax: 0.6};
  expect(await document(everything, {...madeUpSettings, weights})).not.toEqual(before);
});

it('without any result, says how to get them', async () => {
  const {markdown, figures} = await document([], null);
  for (const command of [
    'reproduce',
    'search random --m 2 3 4',
    'search choose',
    'search grid',
    'reproduce --only odd-margins',
  ]) {
    expect(markdown).toContain(`\`npm run cifar10 -- ${command}\``);
  }
  expect(Object.keys(figures)).toEqual([]);
  expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
});

it('with one seed of some rows, has means without intervals, and claims that are open', async () => {
  const some = tables.filter(({label, config}) => config.seed === 1 && label !== 'hinge');
  const {markdown, figures} = await document(some, null);
  expect(tableLines(markdown, 'Softmax')).toContain(
    '| Softmax | 64.1 | 64.0 | 56.0 | 55.0 | 54.1 ± – | 53.8 | 1 | 1.00× |',
  );
  expect(tableLines(markdown, 'SVM (hinge)')).toContain(
    '| SVM (hinge) | – | 62.2 | – | 54.1 | – | 50.5 | 0 | – |',
  );
  expect(markdown).toContain('**not distinguishable (one seed)**');
  expect(markdown).toContain('**no results yet**');
  expect(markdown).toContain('from the runs of the tables themselves');
  expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
  expect(figures['reproduction-figure-7.svg']).not.toContain('NaN');
});

it('lists trials that failed, and leaves them out of the means', async () => {
  const withFailure = tables.map((record) =>
    record.label === 'lsoftmax-4' && record.config.seed === 3
      ? failed(record, 'out of | memory\nat all')
      : record,
  );
  const {markdown} = await document(withFailure, null);
  expect(tableLines(markdown, 'L-Softmax, m = 4')[0]).toContain('| 55.2 ± 0.6 | 55.5 | 2 |');
  expect(markdown).toContain('1 of 54 trials.');
  expect(markdown).toContain('| tables | lsoftmax-4 | 3 | failed | out of \\| memory at all |');
});

it('does not miss the results that a search has no use for', async () => {
  const {markdown} = await document(everything, madeUpSettings);
  expect(markdown).toContain(`None: each of ${everything.length} trials came to its end.`);
});

it('does not average what is not comparable', async () => {
  const [first] = tables;
  const other = {...first!, config: {...first!.config, learningRate: 1}};
  await expect(document([...tables, other], null)).rejects.toThrow('"hinge" with 2 configurations');
});

it('the committed page, figures and README are what the committed results give', async () => {
  const page = new URL('../../../docs/reproduction.md', import.meta.url);
  const results = await readResults(reportedResults);
  const {markdown, figures} = await document(results, await readHyperparameters(hyperparametersPath));
  expect(await readFile(page, 'utf8')).toBe(markdown);
  const readme = await readFile(new URL('../README.md', page), 'utf8');
  expect(withSummary(readme, results)).toBe(readme);
  for (const [name, svg] of Object.entries(figures)) {
    expect(await readFile(new URL(`images/${name}`, page), 'utf8')).toBe(svg);
  }
});
