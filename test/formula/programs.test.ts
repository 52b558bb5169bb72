/** One program, and every way to run it. */

import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Arithmetic} from '../../src/formula/arithmetic.js';
import {ColumnProgram} from '../../src/formula/columns.js';
import {expectClose} from '../support/expectClose.js';
import {
  type Formula,
  type Given,
  runOnColumns,
  runOnTensorsOf,
  traced,
  valuesOf,
} from '../support/formulas.js';
import {formulaOf, given, rowNames, sidesOf, trees} from '../support/formulaTrees.js';

type Argument<T> = T | number;

/** The operations of two arguments, and of one. */
const operations: Record<string, <T>(a: Arithmetic<T>, x: Argument<T>, y: Argument<T>) => T> = {
  add: (a, x, y) => a.add(x, y),
  sub: (a, x, y) => a.sub(x, y),
  mul: (a, x, y) => a.mul(x, y),
  div: (a, x, y) => a.div(x, y),
  max: (a, x, y) => a.max(x, y),
  min: (a, x, y) => a.min(x, y),
  atan2: (a, x, y) => a.atan2(x, y),
  isAtMost: (a, x, y) => a.isAtMost(x, y),
  'select, by its condition': (a, x) => a.select(a.isAtMost(x, 0.5), -3, 4),
  'select, by its values': (a, x, y) => a.select(a.isAtMost(a.add(x, y), 1), x, y),
  crossEntropy: (a, x, y) => a.crossEntropy(a.mul(x, x), y),
  exp: (a, x) => a.exp(x),
  expm1: (a, x) => a.expm1(x),
  'log of a square': (a, x) => a.log(a.add(a.mul(x, x), 0.5)),
  'sqrt of a square': (a, x) => a.sqrt(a.mul(x, x)),
  sin: (a, x) => a.sin(x),
  cos: (a, x) => a.cos(x),
  stairs: (a, x) => a.stairs(a.add(x, 0), [1, 0.5, -0.5], [2, -3, 0.25, 1]),
};

/** What an operation may be applied to: something per example, one number for all, or a constant. */
const kinds = ['row', 'number', 'constant'] as const;

const values = [-2.5, -1, -0.5, 0, 0.5, 1, 1.5, 20];

/** Every value beside every other. */
const at = {
  rows: {x: values.flatMap((x) => values.map(() => x)), y: values.flatMap(() => values)},
  numbers: [1.5, -0.75],
};

describe.each(Object.entries(operations))('%s', (_, operate) => {
  it.each(kinds.flatMap((x) => kinds.map((y) => [x, y] as const)))('of a %s and a %s', async (x, y) => {
    const formula: Formula = (a, row, number) => {
      const argument = (kind: (typeof kinds)[number], i: 0 | 1) =>
        ({row: row('xy'[i]!), number: number(i), constant: [0.5, -1.25][i]!})[kind];
      return operate(a, argument(x, 0), argument(y, 1));
    };
    const program = traced(formula, ['x', 'y']);
    const expected = valuesOf(formula, at);
    const onColumns = runOnColumns(program, at);
    expectClose(onColumns.value!, expected, {relative: 2e-8, absolute: 2e-8});
    // Derivatives have no other form than the program.
    expectSame(await runOnTensorsOf(program, at), {...onColumns, value: expected});
  });
});

describe('any formula', () => {
  it('has the same value and derivatives on columns and on tensors', async () => {
    await fc.assert(
      fc.asyncProperty(trees, given, async (tree, at) => {
        const formula = formulaOf(tree);
        fc.pre(sidesOf(formula, at) !== undefined);
        const onColumns = runOnColumns(traced(formula, rowNames), at);
        fc.pre(Object.values(onColumns).every((column) => column.every((value) => Math.abs(value) < 100)));
        expectSame(await runOnTensorsOf(traced(formula, rowNames), at), onColumns, 1e-2);
      }),
    );
  });

  it('gives on columns what it is given this time, run after run', () => {
    fc.assert(
      fc.property(trees, given, given, (tree, first, second) => {
        const program = traced(formulaOf(tree), rowNames);
        const batch = first.rows.x!.length;
        const columns = new ColumnProgram(program, batch);
        const run = (at: Given) => {
          for (const [name, column] of Object.entries(columns.inputs)) {
            column?.set(at.rows[name]!.slice(0, batch));
          }
          columns.run(at.numbers!);
          return Object.keys(program.outputs).map((name) => {
            const column = new Float64Array(batch);
            columns.copy(name, column);
            return column;
          });
        };
        const before = run(first);
        if (second.rows.x!.length >= batch) run(second);
        expect(run(first)).toEqual(before);
      }),
    );
  });
});

function expectSame(
  actual: Awaited<ReturnType<typeof runOnTensorsOf>>,
  expected: typeof actual,
  tolerance = 2e-6,
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, column] of Object.entries(expected)) {
    expectClose(actual[name]!, column, {relative: tolerance, absolute: tolerance});
  }
}
