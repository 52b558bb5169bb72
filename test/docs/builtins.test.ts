/** What the guide on migrating says of tfjs's own losses is what was measured, and what they still do. */

import {expect, it} from 'vitest';
import {type BuiltIns, measureBuiltIns} from '../../scripts/builtins/measure.js';
import {putIntoGuide} from '../../scripts/builtins/table.js';
import {read} from './pages.js';

const results = JSON.parse(read('docs/results/builtins.json')) as BuiltIns;

it('the tables of the guide show the results that were measured', () => {
  const guide = read('docs/migrating.md');
  expect(putIntoGuide(guide, results), 'npm run docs:builtins brings them up to date').toBe(guide);
});

it('the built-in losses still do what was measured, and ours too', async () => {
  const measured = await measureBuiltIns();
  expect(measured.cases.map(({title}) => title)).toEqual(results.cases.map(({title}) => title));
  for (const [i, {builtIn, replacement}] of measured.cases.entries()) {
    expectStep(builtIn, results.cases[i]!.builtIn);
    expectStep(replacement, results.cases[i]!.replacement);
  }
  for (const loss of ['softmaxCrossEntropy', 'softmax', 'byTheFormula'] as const) {
    expect(measured.classWeight[loss]).toBeCloseTo(results.classWeight[loss], 4);
  }
  expect(measured.classWeight.softmax).toBeCloseTo(measured.classWeight.byTheFormula, 4);
});

type NamedStep = BuiltIns['cases'][number]['builtIn'];

function expectStep(actual: NamedStep, expected: NamedStep): void {
  expect(actual.name).toBe(expected.name);
  expect(actual.loss).toBeCloseTo(expected.loss, 4);
  expected.gradient.forEach((slope, j) => {
    expect(actual.gradient[j]).toBeCloseTo(slope, 4);
  });
}
