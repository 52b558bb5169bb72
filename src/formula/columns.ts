import type {TypedArray} from '@tensorflow/tfjs-core';
import {expOfNegative} from './exponential.js';
import {crossEntropyBy, crossEntropySlopeBy, operations, stairsAt} from './operations.js';
import type {Operand, Program, Step} from './trace.js';

/** One number per example, or one for all of them. */
export type Column = Float64Array | number;

/** Columns are so long that loops take so many examples at a time: counting takes as long as an operation does. */
const STRIDE = 4;

/** An operation on every example. */
type Loop = (result: Float64Array, a: Column, b: Column, c: Column) => void;

/**
 * A program that runs on columns of numbers, step by step: each step is a loop over the examples. Content-security policies
 * forbid making a function of the program's text, and a closure called for every operation takes several times as long.
 */
export class ColumnProgram {
  /** The columns to fill before the program runs, by their names; those that it does not read are missing. Behind the examples may be more. */
  readonly inputs: Readonly<Record<string, Float64Array | undefined>>;
  readonly #program: Program;
  readonly #batch: number;
  readonly #values: Column[] = [];
  readonly #stairs = new Map<string, Uint16Array>();
  readonly #runs: (() => void)[] = [];
  #numbers: readonly number[] = [];

  constructor(program: Program, batch: number) {
    this.#program = program;
    this.#batch = batch;
    this.#allocate();
    this.inputs = Object.fromEntries(
      program.steps.flatMap((step, index) =>
        step.kind === 'row' ? [[step.name, this.#values[index] as Float64Array]] : [],
      ),
    );
    program.steps.forEach((step, index) => {
      if (step.kind !== 'row') this.#runs.push(this.#runOf(step, index));
    });
  }

  /** Runs on the columns that were filled, and on these numbers. */
  run(numbers: readonly number[]): void {
    this.#numbers = numbers;
    for (const run of this.#runs) run();
  }

  /** Copies what the last run gave. */
  copy(output: string, to: TypedArray | Float64Array): void {
    const value = this.#valueOf(this.#program.outputs[output]!);
    if (typeof value === 'number') to.fill(value);
    else for (let i = 0; i < to.length; i++) to[i] = value[i]!;
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
    if (step.kind === 'stairs') return this.#stairsRunOf(step, result);
    const loop = loops[step.name];
    return () => loop(result, this.#valueOf(a!), this.#valueOf(b), this.#valueOf(c));
  }

  /** Stairs of other values by the same bounds of the same number share where on them it is. */
  #stairsRunOf({args: [a], bounds, values}: Stairs, result: Float64Array): () => void {
    const key = JSON.stringify([a, bounds]);
    const known = this.#stairs.get(key);
    const stairs = known ?? new Uint16Array(result.length);
    this.#stairs.set(key, stairs);
    const [boundColumn, valueColumn] = [Float64Array.from(bounds), Float64Array.from(values)];
    return () => {
      if (!known) climb(this.#valueOf(a) as Float64Array, boundColumn, stairs);
      for (let i = 0; i < result.length; i++) result[i] = valueColumn[stairs[i]!]!;
    };
  }

  /** A column for every step that depends on the example. Those of results that nobody reads any more serve again. */
  #allocate(): void {
    const length = Math.ceil(this.#batch / STRIDE) * STRIDE;
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
      this.#values[index] = varies ? (!isInput && free.pop()) || new Float64Array(length) : 0;
      for (const arg of args) {
        const column = this.#values[arg];
        const serves = lastUse.get(arg) === index && steps[arg]!.kind !== 'row';
        if (serves && typeof column === 'object') free.push(column);
      }
    });
  }
}

type Stairs = Extract<Step, {kind: 'stairs'}>;

/** How many of the bounds each number does not exceed. */
function climb(numbers: Float64Array, bounds: Float64Array, stairs: Uint16Array): void {
  for (let i = 0; i < stairs.length; i++) {
    let stair = 0;
    for (let b = 0; b < bounds.length; b++) stair += Number(numbers[i]! <= bounds[b]!);
    stairs[i] = stair;
  }
}

/** The operations as loops. The usual ones have one of their own, since a call for every number takes longer than the number. */
const loops: Readonly<Record<keyof typeof operations, Loop>> = {
  add(result, a, b) {
    if (typeof a === 'number') addNumber(result, b as Float64Array, a);
    else if (typeof b === 'number') addNumber(result, a, b);
    else addColumns(result, a, b);
  },
  sub(result, a, b) {
    if (typeof b === 'number') addNumber(result, a as Float64Array, -b);
    else if (typeof a === 'number') for (let i = 0; i < result.length; i++) result[i] = a - b[i]!;
    else subtractColumns(result, a, b);
  },
  mul(result, a, b) {
    if (typeof a === 'number') multiplyByNumber(result, b as Float64Array, a);
    else if (typeof b === 'number') multiplyByNumber(result, a, b);
    else multiplyColumns(result, a, b);
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
  return crossEntropyBy(expOfNegative, sum, gap);
}

function crossEntropySlope(sum: number, gap: number): number {
  return crossEntropySlopeBy(expOfNegative, sum, gap);
}

function addColumns(result: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < result.length; i += STRIDE) {
    result[i] = a[i]! + b[i]!;
    result[i + 1] = a[i + 1]! + b[i + 1]!;
    result[i + 2] = a[i + 2]! + b[i + 2]!;
    result[i + 3] = a[i + 3]! + b[i + 3]!;
  }
}

function subtractColumns(result: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < result.length; i += STRIDE) {
    result[i] = a[i]! - b[i]!;
    result[i + 1] = a[i + 1]! - b[i + 1]!;
    result[i + 2] = a[i + 2]! - b[i + 2]!;
    result[i + 3] = a[i + 3]! - b[i + 3]!;
  }
}

function multiplyColumns(result: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < result.length; i += STRIDE) {
    result[i] = a[i]! * b[i]!;
    result[i + 1] = a[i + 1]! * b[i + 1]!;
    result[i + 2] = a[i + 2]! * b[i + 2]!;
    result[i + 3] = a[i + 3]! * b[i + 3]!;
  }
}

function addNumber(result: Float64Array, a: Float64Array, b: number): void {
  for (let i = 0; i < result.length; i += STRIDE) {
    result[i] = a[i]! + b;
    result[i + 1] = a[i + 1]! + b;
    result[i + 2] = a[i + 2]! + b;
    result[i + 3] = a[i + 3]! + b;
  }
}

function multiplyByNumber(result: Float64Array, a: Float64Array, b: number): void {
  for (let i = 0; i < result.length; i += STRIDE) {
    result[i] = a[i]! * b;
    result[i + 1] = a[i + 1]! * b;
    result[i + 2] = a[i + 2]! * b;
    result[i + 3] = a[i + 3]! * b;
  }
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
