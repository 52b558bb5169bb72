/** Formulas as programs, and their derivatives. */

import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type Operand, type Program, type Step, Trace} from '../../src/formula/trace.js';
import {expectClose} from '../support/expectClose.js';
import {type Formula, type Given, runOnColumns, traced, valuesOf} from '../support/formulas.js';
import {
  constantTrees,
  formulaOf,
  given,
  numberCount,
  rowNames,
  sidesOf,
  trees,
} from '../support/formulaTrees.js';

/** For formulas that read nothing of it. */
const example = {rows: {x: [0]}};

describe('derivatives', () => {
  it('are what central differences say', () => {
    fc.assert(
      fc.property(trees, given, fc.constantFrom(...rowNames), (tree, at, name) => {
        const formula = formulaOf(tree);
        const h = 1e-4;
        const [below, above] = [moved(at, name, -h), moved(at, name, h)];
        const sides = sidesOf(formula, at);
        fc.pre(sides !== undefined);
        fc.pre(sidesOf(formula, below) === sides && sidesOf(formula, above) === sides);
        const valuesBelow = valuesOf(formula, below);
        const slopes = valuesOf(formula, above).map((value, i) => (value - valuesBelow[i]!) / (2 * h));
        fc.pre(slopes.every((slope) => Math.abs(slope) < 100));
        expectClose(runOnColumns(traced(formula, [name]), at)[`by ${name}`]!, slopes, {
          absolute: 1e-3,
          relative: 1e-3,
        });
      }),
    );
  });

  it('take variables as independent of each other', () => {
    const trace = new Trace();
    const x = trace.row('x');
    const square = trace.mul(x, x);
    expect(trace.derivatives(trace.mul(square, 3), [square, x])).toEqual([3, 0]);
    expect(trace.derivatives(trace.mul(square, x), [square, x])).toEqual([x, square]);
  });

  it('end at what is detached', () => {
    const formula: Formula = (a, row) => a.mul(a.detached(a.sin(row('x'))), row('x'));
    const outputs = runOnColumns(traced(formula, ['x']), {rows: {x: [0.5, 2]}});
    expectClose(outputs.value!, [0.5 * Math.sin(0.5), 2 * Math.sin(2)], {relative: 1e-15});
    expectClose(outputs['by x']!, [Math.sin(0.5), Math.sin(2)], {relative: 1e-15});
  });

  it('are 0 at the bottom of a root, and of a quotient by 0', () => {
    const root = runOnColumns(
      traced((a, row) => a.sqrt(row('x')), ['x']),
      {rows: {x: [0]}},
    );
    expect(root).toEqual({value: [0], 'by x': [0]});
    const quotient = runOnColumns(
      traced((a, row) => a.div(1, row('x')), ['x']),
      {rows: {x: [0]}},
    );
    expect(quotient['by x']!.map(Math.abs)).toEqual([0]);
  });

  function moved({rows, numbers}: Required<Given>, name: string, by: number): Given {
    return {rows: {...rows, [name]: rows[name]!.map((value) => value + by)}, numbers};
  }
});

describe('a trace', () => {
  it('keeps the value, whatever it simplifies', () => {
    fc.assert(
      fc.property(trees, given, (tree, at) => {
        const formula = formulaOf(tree);
        fc.pre(sidesOf(formula, at) !== undefined);
        expectClose(runOnColumns(traced(formula), at).value!, valuesOf(formula, at), {absolute: 1e-4});
      }),
    );
  });

  it('folds constants', () => {
    fc.assert(
      fc.property(constantTrees, (tree) => {
        const formula = formulaOf(tree);
        const {steps, outputs} = traced(formula);
        expect(steps).toEqual([]);
        fc.pre(sidesOf(formula, example) !== undefined);
        expectClose([outputs.value as number], valuesOf(formula, example), {absolute: 1e-9});
      }),
    );
  });

  it('records nothing twice', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const trace = new Trace();
        const record = () => formulaOf(tree)<Operand>(trace, trace.row, trace.number);
        const first = record();
        const count = trace.steps.length;
        expect(record()).toEqual(first);
        expect(trace.steps.length).toBe(count);
        const written = trace.steps.map((step) => JSON.stringify(step));
        expect(new Set(written).size).toBe(written.length);
      }),
    );
  });

  it('does what changes nothing without a step', () => {
    const trace = new Trace();
    const [x, y] = [trace.row('x'), trace.row('y')];
    const {add, sub, mul, div, select} = trace;
    const count = trace.steps.length;
    expect([add(x, 0), sub(x, 0), mul(x, 1), mul(1, x), div(x, 1), select(y, x, x)]).toEqual(
      new Array(6).fill(x),
    );
    expect([mul(x, 0), mul(0, x), sub(x, x), div(0, x)]).toEqual([0, 0, 0, 0]);
    expect(trace.steps.length).toBe(count);
    expect(sub(add(x, y), y)).toEqual(x);
  });

  it('refuses stairs without a value for every step', () => {
    const trace = new Trace();
    expect(() => trace.stairs(trace.row('x'), [1, 2], [1, 2])).toThrow(
      'stairs: there must be one more value than bounds, got 2 for 2 bounds',
    );
  });
});

describe('a program', () => {
  it('has the steps that its outputs are made of, in order, and no others', () => {
    fc.assert(
      fc.property(trees, trees, (kept, dropped) => {
        const trace = new Trace();
        const [value] = [kept, dropped].map((tree) =>
          formulaOf(tree)<Operand>(trace, trace.row, trace.number),
        );
        const program = trace.program({value: value!});
        expectNoDeadStep(program);
        const alone = new Trace();
        const same = formulaOf(kept)<Operand>(alone, alone.row, alone.number);
        expect(program).toEqual(alone.program({value: same}));
      }),
    );
  });

  it('has none where its outputs are constants', () => {
    const trace = new Trace();
    trace.sin(trace.row('x'));
    expect(trace.program({one: 1})).toEqual({steps: [], outputs: {one: 1}});
  });

  it('reads the numbers by their places', () => {
    const formula: Formula = (a, row, number) => a.sub(a.mul(row('x'), number(0)), number(numberCount - 1));
    const outputs = runOnColumns(traced(formula, ['x']), {rows: {x: [1, 2]}, numbers: [3, 5]});
    expect(outputs).toEqual({value: [-2, 1], 'by x': [3, 3]});
  });

  function expectNoDeadStep({steps, outputs}: Program): void {
    const reads = (operands: readonly Operand[]) =>
      operands.flatMap((operand) => (typeof operand === 'number' ? [] : operand.step));
    const argsOf = (step: Step) => ('args' in step ? reads(step.args) : []);
    const isRead = new Set([...reads(Object.values(outputs)), ...steps.flatMap(argsOf)]);
    steps.forEach((step, index) => {
      expect(isRead).toContain(index);
      for (const arg of argsOf(step)) expect(arg).toBeLessThan(index);
    });
  }
});
