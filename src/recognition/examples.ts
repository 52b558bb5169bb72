import {Tensor} from '@tensorflow/tfjs-core';
import {describe} from './checks.js';

/** Examples: a tensor whose first axis is the batch, or an array of examples. */
export type Batch = Tensor | readonly unknown[];

/**
 * Rejects examples with numbers that are not finite: features do not always show them, since relu may turn NaN into 0.
 * What a model is given must be numbers, all examples of the same shape; what a function is given may also be anything else.
 *
 * @param start - The index of the first example of the part.
 */
export async function checkExamples(
  what: string,
  part: Batch,
  start: number,
  onlyNumbers: boolean,
): Promise<void> {
  if (part instanceof Tensor) return checkTensor(what, part, start);
  for (const [i, example] of part.entries()) {
    if (example instanceof Tensor) await checkTensor(what, example, start + i, true);
    else checkValue(`${what}: example ${start + i}`, example, onlyNumbers);
  }
  if (onlyNumbers) checkShapes(what, part, start);
}

async function checkTensor(what: string, given: Tensor, start: number, isOne = false): Promise<void> {
  if (given.dtype !== 'float32') {
    if (given.dtype === 'string')
      throw new TypeError(`${what}: examples must be numbers, got a tensor of strings`);
    return; // integers are finite
  }
  const values = await given.data<'float32'>();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const size = isOne ? values.length : values.length / given.shape[0]!;
  checkValue(`${what}: example ${start + Math.floor(bad / size)}`, values[bad], true);
}

function checkValue(name: string, value: unknown, onlyNumbers: boolean): void {
  if (isList(value)) {
    for (let i = 0; i < value.length; i++) checkValue(name, value[i], onlyNumbers);
  } else if (
    typeof value === 'number' ? !Number.isFinite(value) : onlyNumbers && typeof value !== 'boolean'
  ) {
    const error = typeof value === 'number' ? RangeError : TypeError;
    throw new error(`${name} must have finite numbers only, got ${describe(value)}; leave it out`);
  }
}

function checkShapes(what: string, part: readonly unknown[], start: number): void {
  const first = shapeOf(`${what}: example ${start}`, part[0]);
  for (const [i, example] of part.entries()) {
    const shape = shapeOf(`${what}: example ${start + i}`, example);
    if (String(shape) !== String(first)) {
      throw new RangeError(
        `${what}: all examples must be of the same shape, got [${first}] for example ${start} and [${shape}] for example ${start + i}`,
      );
    }
  }
}

/** The shape of nested arrays of numbers. */
function shapeOf(name: string, value: unknown): readonly number[] {
  if (value instanceof Tensor) return value.shape;
  if (!isList(value)) return [];
  const rows = Array.from(value);
  if (!rows.some(isList)) return [rows.length];
  const [first, ...others] = rows.map((row) => shapeOf(name, row));
  const other = others.find((shape) => String(shape) !== String(first));
  if (other) {
    throw new RangeError(`${name} must have rows of the same shape, got [${first}] and [${other}]`);
  }
  return [rows.length, ...first!];
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
