import {add, lessEqual, mul, sub, type Tensor1D, where} from '@tensorflow/tfjs-core';

/**
 * The operations that a formula of one number an example is written in, so that it is written once and runs wherever a
 * kernel needs it: on numbers, on tensors, and, as source code, in a shader.
 */
export interface Arithmetic<T> {
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | number): T;
  /** 1 where a ≤ b, else 0. */
  isAtMost(a: T, b: number): T;
}

/** On plain numbers. */
export const numbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  isAtMost: (a, b) => Number(a <= b),
};

/** On tensors of shape [batch]. */
export const tensors: Arithmetic<Tensor1D> = {
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, b),
  isAtMost: (a, b) => where(lessEqual(a, b), 1, 0) as Tensor1D,
};
