import {operations} from './operations.js';
import type {Operand, Program, Step} from './trace.js';
import {expOfNegative} from './exponential.js';

/** One number per example, or one for all of them. */
type Column = Float64Array | number;

/** Where a step of a program puts its result. */
type Run = (result: Float64Array, args: readonly Column[], count: number) => void;

/**
 * A program that runs on columns of numbers, step by step: each step is a loop over the examples. Content-security policies
 * forbid to make a function of the program's text, and a call of a closure for every operation takes several times as long.
 */
export class ColumnProgram {
  readonly #program: Program;
  readonly #columns: Column[] = [];
  #batch = -1;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The columns to fill before the program runs, by their names; those that it does not read are missing. */
  inputs(batch: number): Readonly<Record<string, Float64Array | undefined>> {
    if (batch !== this.#batch) this.#allocate(batch);
    return Object.fromEntries(
      this.#program.steps.flatMap((step, index) =>
        step.kind === 'row' ? [[step.name, this.#columns[index] as Float64Array]] : [],
      ),
    );
  }

  /** Runs on the columns that {@link inputs} gave, and on these numbers. */
  run(numbers: Readonly<Record<string, number>>): Readonly<Record<string, Column>> {
    const columns = this.#columns;
    const valueOf = (operand: Operand) =>
      typeof operand === 'number' ? operand : columns[operand.step]!;
    this.#program.steps.forEach((step, index) => {
      if (step.kind === 'row') return;
      if (step.kind === 'number') {
        columns[index] = numbers[step.name]!;
        return;
      }
      const args = step.args.map(valueOf);
      const result = columns[index];
      if (typeof result === 'object') loopOf(step)(result, args, this.#batch);
      else columns[index] = ofNumbers(step, args as number[]);
    });
    return Object.fromEntries(
      Object.entries(this.#program.outputs).map(([name, operand]) => [name, valueOf(operand)]),
    );
  }

  /** A column for every step that depends on the example. Those of results that nobody reads any more serve again. */
  #allocate(batch: number): void {
    const {steps, outputs} = this.#program;
    const stepsOf = (operands: readonly Operand[]) => [
      ...new Set(operands.flatMap((operand) => (typeof operand === 'number' ? [] : operand.step))),
    ];
    const lastUse = new Map<number, number>();
    steps.forEach((step, index) => {
      if ('args' in step) for (const arg of stepsOf(step.args)) lastUse.set(arg, index);
    });
    for (const output of stepsOf(Object.values(outputs))) lastUse.set(output, steps.length);

    const free: Float64Array[] = [];
    steps.forEach((step, index) => {
      const args = 'args' in step ? stepsOf(step.args) : [];
      const varies = step.kind === 'row' || args.some((arg) => typeof this.#columns[arg] === 'object');
      const used = step.kind === 'row' ? undefined : free.pop();
      this.#columns[index] = varies ? (used ?? new Float64Array(batch)) : Number.NaN;
      if (!varies && used) free.push(used);
      for (const arg of args) {
        const column = this.#columns[arg];
        const isFilledFromOutside = steps[arg]!.kind === 'row';
        if (lastUse.get(arg) === index && typeof column === 'object' && !isFilledFromOutside) free.push(column);
      }
    });
    this.#batch = batch;
  }
}

function ofNumbers(step: Step, args: readonly number[]): number {
  if (step.kind === 'stairs') return stairsAt(args[0]!, step.bounds, step.values);
  return operations[(step as {name: keyof typeof operations}).name].value(...args);
}

function loopOf(step: Step): Run {
  if (step.kind !== 'stairs') return loops[(step as {name: keyof typeof operations}).name];
  const {bounds, values} = step;
  return (result, [a], count) => {
    const column = a as Float64Array;
    for (let i = 0; i < count; i++) result[i] = stairsAt(column[i]!, bounds, values);
  };
}

function stairsAt(a: number, bounds: readonly number[], values: readonly number[]): number {
  let k = 0;
  for (let b = 0; b < bounds.length; b++) k += Number(a <= bounds[b]!);
  return values[k]!;
}

/** The operations as loops. The usual ones have one of their own, since a call for every number takes longer than the number. */
const loops: Readonly<Record<keyof typeof operations, Run>> = {
  add: (result, [a, b], count) => {
    if (typeof a === 'number') addNumber(result, b as Float64Array, a, count);
    else if (typeof b === 'number') addNumber(result, a!, b, count);
    else for (let i = 0; i < count; i++) result[i] = a![i]! + b![i]!;
  },
  sub: (result, [a, b], count) => {
    if (typeof b === 'number') addNumber(result, a as Float64Array, -b, count);
    else if (typeof a === 'number') for (let i = 0; i < count; i++) result[i] = a - b![i]!;
    else for (let i = 0; i < count; i++) result[i] = a![i]! - b![i]!;
  },
  mul: (result, [a, b], count) => {
    if (typeof a === 'number') multiplyByNumber(result, b as Float64Array, a, count);
    else if (typeof b === 'number') multiplyByNumber(result, a!, b, count);
    else for (let i = 0; i < count; i++) result[i] = a![i]! * b![i]!;
  },
  div: (result, [a, b], count) => {
    if (typeof b === 'number') multiplyByNumber(result, a as Float64Array, b === 0 ? 0 : 1 / b, count);
    else if (typeof a === 'number') for (let i = 0; i < count; i++) result[i] = b![i] === 0 ? 0 : a / b![i]!;
    else for (let i = 0; i < count; i++) result[i] = b![i] === 0 ? 0 : a![i]! / b![i]!;
  },
  crossEntropy: ofColumns((sum, gap) => {
    const odds = expOfNegative(-Math.abs(gap));
    return gap >= 0 ? Math.log1p(sum * odds) : Math.log(sum + odds) - gap;
  }),
  crossEntropySlope: ofColumns((sum, gap) => {
    const odds = expOfNegative(-Math.abs(gap));
    return gap >= 0 ? odds / (1 + sum * odds) : 1 / (sum + odds);
  }),
  max: ofColumns((a, b) => (a < b ? b : a)),
  min: ofColumns((a, b) => (a > b ? b : a)),
  isAtMost: ofColumns((a, b) => Number(a <= b)),
  select: ofColumns((condition, a, b) => (condition === 0 ? b : a)),
  exp: ofColumns(Math.exp),
  expm1: ofColumns(Math.expm1),
  log: ofColumns(Math.log),
  sqrt: ofColumns(Math.sqrt),
  sin: ofColumns(Math.sin),
  cos: ofColumns(Math.cos),
  atan2: ofColumns(Math.atan2),
};

function addNumber(result: Float64Array, a: Float64Array, b: number, count: number): void {
  for (let i = 0; i < count; i++) result[i] = a[i]! + b;
}

function multiplyByNumber(result: Float64Array, a: Float64Array, b: number, count: number): void {
  for (let i = 0; i < count; i++) result[i] = a[i]! * b;
}

/** A loop that calls `value` for every example. */
function ofColumns(value: (a: number, b: number, c: number) => number): Run {
  return (result, [a, b = 0, c = 0], count) => {
    const at = (column: Column, i: number) => (typeof column === 'number' ? column : column[i]!);
    for (let i = 0; i < count; i++) result[i] = value(at(a!, i), at(b, i), at(c, i));
  };
}
