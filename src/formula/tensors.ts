import {
  abs,
  add,
  atan2,
  cos,
  div,
  divNoNan,
  exp,
  expm1,
  gather,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  relu,
  scalar,
  sigmoid,
  sin,
  sqrt,
  sub,
  type Tensor,
  tensor1d,
  where,
} from '@tensorflow/tfjs-core';
import {operations, stairsAt} from './operations.js';
import type {Operand, Program} from './trace.js';

/** One number per example, or one for all of them. */
export type Value = Tensor | number;

/** A program on tensors [batch]. */
export function runOnTensors(
  {steps, outputs}: Program,
  rows: (name: string) => Tensor,
  numbers: readonly number[],
): Readonly<Record<string, Value>> {
  const values: Value[] = [];
  const numberOf = (operand: Operand) => (typeof operand === 'number' ? operand : values[operand.step]!);
  for (const step of steps) {
    if (step.kind === 'row') values.push(rows(step.name));
    else if (step.kind === 'number') values.push(numbers[step.index]!);
    else if (step.kind === 'stairs') values.push(stairs(numberOf(step.args[0]), step.bounds, step.values));
    else {
      const args = step.args.map(numberOf);
      const areNumbers = args.every((arg) => typeof arg === 'number');
      values.push(areNumbers ? operations[step.name].value(...args) : ops[step.name](...args));
    }
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, operand]) => [name, numberOf(operand)]));
}

function stairs(a: Value, bounds: readonly number[], values: readonly number[]): Value {
  if (typeof a === 'number') return stairsAt(a, bounds, values);
  const counts = bounds.map((bound) => where(lessEqual(a, bound), scalar(1, 'int32'), scalar(0, 'int32')));
  return gather(
    tensor1d([...values]),
    counts.reduce((sum, count) => add(sum, count)),
  );
}

function logOdds(sum: Value, gap: Value): Tensor {
  return sub(log(sum), gap);
}

/** The operations as ops, at least one of whose arguments is a tensor. */
const ops: Readonly<Record<keyof typeof operations, (...args: Value[]) => Tensor>> = {
  add: (a, b) => add(a!, b!),
  sub: (a, b) => sub(a!, b!),
  mul: (a, b) => mul(a!, b!),
  div: (a, b) => (typeof b === 'number' && b !== 0 ? div(a!, b) : divNoNan(a!, b!)),
  max: (a, b) => maximum(a!, b!),
  min: (a, b) => minimum(a!, b!),
  exp: (a) => exp(a!),
  expm1: (a) => expm1(a!),
  log: (a) => log(a!),
  sqrt: (a) => sqrt(a!),
  sin: (a) => sin(a!),
  cos: (a) => cos(a!),
  atan2: (y, x) => atan2(y!, x!),
  isAtMost: (a, b) => where(lessEqual(a!, b!), 1, 0),
  select: (condition, a, b) => where(notEqual(condition!, 0), a!, b!),
  crossEntropy: (sum, gap) => {
    const odds = logOdds(sum!, gap!);
    return add(relu(odds), log1p(exp(neg(abs(odds)))));
  },
  crossEntropySlope: (sum, gap) => divNoNan(sigmoid(logOdds(sum!, gap!)), sum!),
};
