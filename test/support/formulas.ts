/** Formulas on their own: traced, and run in every way that does not take a loss. */

import * as tf from '@tensorflow/tfjs-core';
import type {Arithmetic} from '../../src/formula/arithmetic.js';
import {ColumnProgram} from '../../src/formula/columns.js';
import {operations} from '../../src/formula/operations.js';
import {runOnTensors} from '../../src/formula/tensors.js';
import {type Operand, type Program, Trace} from '../../src/formula/trace.js';
import {read} from './runLoss.js';

/** A function of something that rows give and of numbers that are the same for all of them. */
export type Formula = <T>(a: Arithmetic<T>, row: (name: string) => T, number: (index: number) => T) => T;

/** The arithmetic of plain numbers: the formula as it stands, nothing traced and nothing simplified. */
export const onNumbers = {
  ...Object.fromEntries(Object.entries(operations).map(([name, {value}]) => [name, value])),
  stairs: (a, bounds, values) => values[bounds.filter((bound) => a <= bound).length]!,
  detached: (a) => a,
} as Arithmetic<number>;

/** The outputs `value`, and `by x` for every variable x among the rows. */
export function traced(formula: Formula, variables: readonly string[] = []): Program {
  const trace = new Trace();
  const value = formula<Operand>(trace, trace.row, trace.number);
  const slopes = trace.derivatives(value, variables.map(trace.row));
  return trace.program({
    value,
    ...Object.fromEntries(variables.map((name, i) => [`by ${name}`, slopes[i]!])),
  });
}

/** What a program is given: a number per example, and numbers for all. */
export interface Given {
  readonly rows: Readonly<Record<string, readonly number[]>>;
  readonly numbers?: readonly number[];
}

/** The outputs of a program, a number per example each. */
export type Outputs = Readonly<Record<string, readonly number[]>>;

/** Runs on columns of numbers, as the host kernels do. */
export function runOnColumns(program: Program, {rows, numbers = []}: Given): Outputs {
  const batch = batchOf(rows);
  const columns = new ColumnProgram(program, batch);
  for (const [name, column] of Object.entries(columns.inputs)) column?.set(rows[name]!);
  columns.run(numbers);
  return mapped(program.outputs, (_, name) => {
    const column = new Float64Array(batch);
    columns.copy(name, column);
    return [...column];
  });
}

/** Runs on tensors, as the ops do. */
export async function runOnTensorsOf(program: Program, {rows, numbers = []}: Given): Promise<Outputs> {
  const batch = batchOf(rows);
  const outputs = tf.tidy(() => {
    const results = runOnTensors(program, (name) => tf.tensor1d([...rows[name]!]), numbers);
    return mapped(results, (result) => (typeof result === 'number' ? tf.fill([batch], result) : result));
  });
  const names = Object.keys(outputs);
  const values = await Promise.all(names.map((name) => read<number[]>(outputs[name]!)));
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

/** The same for the value alone, example by example and without a program. */
export function valuesOf(formula: Formula, {rows, numbers = []}: Given, arithmetic = onNumbers): number[] {
  return Array.from({length: batchOf(rows)}, (_, i) =>
    formula(
      arithmetic,
      (name) => rows[name]![i]!,
      (index) => numbers[index]!,
    ),
  );
}

function batchOf(rows: Given['rows']): number {
  return Object.values(rows)[0]!.length;
}

function mapped<V, W>(
  object: Readonly<Record<string, V>>,
  map: (value: V, name: string) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}
