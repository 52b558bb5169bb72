import {expOfNegative} from './exponential.js';
import {operations, stairsAt} from './operations.js';
import type {Operand, Program, Step} from './trace.js';

/** One number per example, or one for all of them. */
export type Column = Float64Array | number;

/** An operation on every example. */
type Loop = (result: Float64Array, a: Column, b: Column, c: Column) => void;

/**
 * A program that runs on columns of numbers, step by step: each step is a loop over the examples. Content-security policies
 * forbid making a function of the program's text, and a closure called for every operation takes several times as long.
 */
export class ColumnProgram {
  /** The columns to fill before the program runs, by their names; those that it does not read are missing. */
  readonly inputs: Readonly<Record<string, Float64Array | undefined>>;
  readonly #program: Program;
  readonly #values: Column[] = [];
  readonly #runs: (() => void)[] = [];
  #numbers: readonly number[] = [];

  constructor(program: Program, batch: number) {
    this.#program = program;
    this.#allocate(batch);
    this.inputs = Object.fromEntries(
      program.steps.flatMap((step, index) =>
        step.kind === 'row' ? [[step.name, this.#values[index] as Float64Array]] : [],
      ),
    );
    program.steps.forEach((step, index) => {
      if (step.kind !== 'row') this.#runs.push(this.#runOf(step, index));
    });
  }

  /** Runs on the columns that were filled, and on these numbers. What it returns holds until the next run. */
  run(numbers: readonly number[]): (output: string) => Column {
    this.#numbers = numbers;
    for (const run of this.#runs) run();
    return (output) => this.#valueOf(this.#program.outputs[output]!);
  }

  #valueOf(operand: Operand): Column {
    return typeof operand === 'number' ? operand : this.#values[operand.step]!;
  }

  #runOf(step: Exclude<Step, {kind: 'row'}>, index: number): () => void {
    const values = this.#values;
    if (step.kind === 'number') {
      return () => {
        values[index] = this.#numbers[step.index]!;
      };
    }
    const result = values[index]!;
    const [a, b = 0, c = 0] = step.args as readonly Operand[];
    if (typeof result === 'number') {
      const value =
        step.kind === 'stairs'
          ? (a: number) => stairsAt(a, step.bounds, step.values)
          : operations[step.name].value;
      return () => {
        values[index] = value(...(step.args.map((arg) => this.#valueOf(arg)) as [number]));
      };
    }
    const loop = step.kind === 'stairs' ? stairsLoop(step) : loops[step.name];
    return () => loop(result, this.#valueOf(a!), this.#valueOf(b), this.#valueOf(c));
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
      const isInput = step.kind === 'row';
      const varies = isInput || args.some((arg) => typeof this.#values[arg] === 'object');
      this.#values[index] = varies ? (!isInput && free.pop()) || new Float64Array(batch) : 0;
      for (const arg of args) {
        const column = this.#values[arg];
        const serves = lastUse.get(arg) === index && steps[arg]!.kind !== 'row';
        if (serves && typeof column === 'object') free.push(column);
      }
    });
  }
}

type Stairs = Extract<Step, {kind: 'stairs'}>;

function stairsLoop(step: Stairs): Loop {
  const [bounds, values] = [Float64Array.from(step.bounds), Float64Array.from(step.values)];
  return (result, column) => {
    const a = column as Float64Array;
    for (let i = 0; i < result.length; i++) {
      let k = 0;
      for (let b = 0; b < bounds.length; b++) k += Number(a[i]! <= bounds[b]!);
      result[i] = values[k]!;
    }
  };
}

/** The operations as loops. The usual ones have one of their own, since a call for every number takes longer than the number. */
const loops: Readonly<Record<keyof typeof operations, Loop>> = {
  add(result, a, b) {
    if (typeof a === 'number') addNumber(result, b as Float64Array, a);
    else if (typeof b === 'number') addNumber(result, a, b);
    else for (let i = 0; i < result.length; i++) result[i] = a[i]! + b[i]!;
  },
  sub(result, a, b) {
    if (typeof b === 'number') addNumber(result, a as Float64Array, -b);
    else if (typeof a === 'number') for (let i = 0; i < result.length; i++) result[i] = a - b[i]!;
    else for (let i = 0; i < result.length; i++) result[i] = a[i]! - b[i]!;
  },
  mul(result, a, b) {
    if (typeof a === 'number') multiplyByNumber(result, b as Float64Array, a);
    else if (typeof b === 'number') multiplyByNumber(result, a, b);
    else for (let i = 0; i < result.length; i++) result[i] = a[i]! * b[i]!;
  },
  div(result, a, b) {
    if (typeof b === 'number') multiplyByNumber(result, a as Float64Array, b === 0 ? 0 : 1 / b);
    else if (typeof a === 'number')
      for (let i = 0; i < result.length; i++) result[i] = b[i] === 0 ? 0 : a / b[i]!;
    else for (let i = 0; i < result.length; i++) result[i] = b[i] === 0 ? 0 : a[i]! / b[i]!;
  },
  max(result, a, b) {
    if (typeof a === 'object' && typeof b === 'number') {
      for (let i = 0; i < result.length; i++) result[i] = Math.max(a[i]!, b);
    } else anyMax(result, a, b, 0);
  },
  min(result, a, b) {
    if (typeof a === 'object' && typeof b === 'number') {
      for (let i = 0; i < result.length; i++) result[i] = Math.min(a[i]!, b);
    } else anyMin(result, a, b, 0);
  },
  crossEntropy(result, sum, gap) {
    if (typeof sum === 'number' || typeof gap === 'number') anyCrossEntropy(result, sum, gap, 0);
    else for (let i = 0; i < result.length; i++) result[i] = crossEntropy(sum[i]!, gap[i]!);
  },
  crossEntropySlope(result, sum, gap) {
    if (typeof sum === 'number' || typeof gap === 'number') anyCrossEntropySlope(result, sum, gap, 0);
    else for (let i = 0; i < result.length; i++) result[i] = crossEntropySlope(sum[i]!, gap[i]!);
  },
  isAtMost: loopOf(operations.isAtMost.value),
  select: loopOf(operations.select.value),
  exp: loopOf(Math.exp),
  expm1: loopOf(Math.expm1),
  log: loopOf(Math.log),
  sqrt: loopOf(Math.sqrt),
  sin: loopOf(Math.sin),
  cos: loopOf(Math.cos),
  atan2: loopOf(Math.atan2),
};

const anyMax = loopOf(operations.max.value);
const anyMin = loopOf(operations.min.value);
const anyCrossEntropy = loopOf(crossEntropy);
const anyCrossEntropySlope = loopOf(crossEntropySlope);

/** Those of `operations`, with a faster exponential. */
function crossEntropy(sum: number, gap: number): number {
  const odds = expOfNegative(-Math.abs(gap));
  return gap >= 0 ? Math.log1p(sum * odds) : Math.log(sum + odds) - gap;
}

function crossEntropySlope(sum: number, gap: number): number {
  const odds = expOfNegative(-Math.abs(gap));
  return gap >= 0 ? odds / (1 + sum * odds) : 1 / (sum + odds);
}

function addNumber(result: Float64Array, a: Float64Array, b: number): void {
  for (let i = 0; i < result.length; i++) result[i] = a[i]! + b;
}

function multiplyByNumber(result: Float64Array, a: Float64Array, b: number): void {
  for (let i = 0; i < result.length; i++) result[i] = a[i]! * b;
}

/** A loop that calls `value` for every example. */
function loopOf(value: (a: number, b: number, c: number) => number): Loop {
  return (result, a, b, c) => {
    for (let i = 0; i < result.length; i++) {
      const x = typeof a === 'number' ? a : a[i]!;
      const y = typeof b === 'number' ? b : b[i]!;
      result[i] = value(x, y, typeof c === 'number' ? c : c[i]!);
    }
  };
}
