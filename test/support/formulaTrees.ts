import fc from 'fast-check';
import type {Arithmetic} from '../../src/formula/arithmetic.js';
import {type Formula, type Given, onNumbers, valuesOf} from './formulas.js';
import {list} from './problems.js';

/** A formula as a tree: what a row or a number gives, a constant, or an operation on other trees. */
export type Tree =
  | {readonly row: string}
  | {readonly number: number}
  | {readonly constant: number}
  | {readonly operation: keyof typeof operations; readonly args: readonly Tree[]};

type Operation = <T>(a: Arithmetic<T>, x: T, y: T, z: T) => T;

/** The operations, on arguments in their domains whatever is given, and how many they take. */
const operations: Record<
  Exclude<keyof Arithmetic<unknown>, 'detached'>,
  readonly [arity: number, operate: Operation]
> = {
  add: [2, (a, x, y) => a.add(x, y)],
  sub: [2, (a, x, y) => a.sub(x, y)],
  mul: [2, (a, x, y) => a.mul(x, y)],
  div: [2, (a, x, y) => a.div(x, y)],
  max: [2, (a, x, y) => a.max(x, y)],
  min: [2, (a, x, y) => a.min(x, y)],
  exp: [1, (a, x) => a.exp(x)],
  expm1: [1, (a, x) => a.expm1(x)],
  log: [1, (a, x) => a.log(a.add(a.mul(x, x), 0.5))],
  sqrt: [1, (a, x) => a.sqrt(a.add(a.mul(x, x), 0.5))],
  sin: [1, (a, x) => a.sin(x)],
  cos: [1, (a, x) => a.cos(x)],
  atan2: [2, (a, x, y) => a.atan2(x, y)],
  isAtMost: [2, (a, x, y) => a.isAtMost(x, y)],
  select: [3, (a, x, y, z) => a.select(a.isAtMost(x, 0.5), y, z)],
  stairs: [1, (a, x) => a.stairs(x, [1, -0.5], [2, -3, 0.25])],
  crossEntropy: [2, (a, x, y) => a.crossEntropy(a.mul(x, x), y)],
};

/** Trees of these leaves, up to four operations deep. */
function treesOf(leaves: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  return fc.letrec<{tree: Tree}>((tie) => ({
    tree: fc.oneof(
      {maxDepth: 4, depthSize: 'large'},
      leaves,
      ...Object.entries(operations).map(([operation, [arity]]) =>
        fc.record({
          operation: fc.constant(operation as keyof typeof operations),
          args: list(arity, tie('tree')),
        }),
      ),
    ),
  })).tree;
}

/** The rows that trees are made of, and how many numbers. */
export const rowNames = ['x', 'y', 'z'];
export const numberCount = 2;

const rows = fc.constantFrom(...rowNames).map((row): Tree => ({row}));
const numbers = fc.nat({max: numberCount - 1}).map((number): Tree => ({number}));
const constants = fc.integer({min: -8, max: 8}).map((value): Tree => ({constant: value / 4}));

/** Any tree. */
export const trees = treesOf(fc.oneof({weight: 4, arbitrary: rows}, numbers, constants));

/** Trees without rows and numbers. */
export const constantTrees = treesOf(constants);

/** The formula of a tree. */
export function formulaOf(tree: Tree): Formula {
  return <T>(a: Arithmetic<T>, row: (name: string) => T, number: (index: number) => T): T => {
    const of = (part: Tree): T => {
      if ('row' in part) return row(part.row);
      if ('number' in part) return number(part.number);
      // Not every argument of an operation may be a constant, but a sum of two is as good as any.
      if ('constant' in part) return a.add(part.constant, 0);
      const [x, y = x, z = x] = part.args.map(of);
      return operations[part.operation][1](a, x!, y!, z!);
    };
    return of(tree);
  };
}

const values = fc.integer({min: -2000, max: 2000}).map((value) => value / 1000 + Math.PI / 1e4);

/** What trees are given: a few examples, and numbers. */
export const given: fc.Arbitrary<Required<Given>> = fc.integer({min: 1, max: 4}).chain((batch) =>
  fc.record({
    rows: fc.record(Object.fromEntries(rowNames.map((name) => [name, list(batch, values)]))),
    numbers: list(numberCount, values),
  }),
);

/**
 * On which sides of every bend a formula is at each example; undefined where a number on the way is too large, or too close to a
 * bend or a pole, for comparisons in float32.
 */
export function sidesOf(formula: Formula, at: Given): string | undefined {
  const sides: boolean[] = [];
  let isTame = true;
  const moderate = (value: number) => {
    isTame &&= Math.abs(value) < 100;
    return value;
  };
  const awayFrom0 = (value: number) => {
    isTame &&= Math.abs(value) > 0.01;
    sides.push(value > 0);
  };
  const bends: Partial<typeof onNumbers> = {
    div: (a, b) => {
      awayFrom0(b);
      return onNumbers.div(a, b);
    },
    atan2: (y, x) => {
      awayFrom0(y);
      return onNumbers.atan2(y, x);
    },
    stairs: (a, bounds, values) => {
      for (const bound of bounds) awayFrom0(a - bound);
      return onNumbers.stairs(a, bounds, values);
    },
    ...Object.fromEntries(
      (['max', 'min', 'isAtMost'] as const).map((name) => [
        name,
        (a: number, b: number) => {
          awayFrom0(a - b);
          return onNumbers[name](a, b);
        },
      ]),
    ),
  };
  const watched = Object.fromEntries(
    Object.entries({...onNumbers, ...bends}).map(([name, operate]) => [
      name,
      (...args: number[]) => moderate((operate as (...args: number[]) => number)(...args)),
    ]),
  ) as unknown as typeof onNumbers;
  valuesOf(formula, at, watched);
  return isTame ? sides.join() : undefined;
}
