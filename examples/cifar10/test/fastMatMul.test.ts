import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {installFastMatMul} from '../fastMatMul.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

let uninstall = () => {};
afterEach(() => uninstall());

const plainKernel = () => tf.getKernel('BatchMatMul', 'wasm').kernelFunc;

/** The product by the plain kernel and by the wrapped one. */
function bothProducts(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean) {
  const multiply = () => {
    const product = tf.matMul(a, b, transposeA, transposeB);
    return {shape: product.shape, values: [...product.dataSync()]};
  };
  const plain = multiply();
  uninstall = installFastMatMul();
  return {plain, fast: multiply()};
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number) {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(tolerance);
  });
}

/** [batch, rows, columns] as the product sees them; the transposed operands are stored the other way round. */
const shapes: [name: string, a: number[], b: number[]][] = [
  ['one by one', [1, 1], [1, 1]],
  ['a row and a column', [1, 7], [7, 1]],
  ['a column and a row', [7, 1], [1, 5]],
  ['matrices larger than a block of the slow path', [50, 97], [97, 61]],
  ['nothing to add up', [3, 0], [0, 4]],
  ['a stack of one', [1, 6, 5], [1, 5, 4]],
  ['a stack', [3, 6, 5], [3, 5, 4]],
  ['a stack and one matrix for all', [3, 6, 5], [1, 5, 4]],
  ['one matrix for all and a stack of stacks', [1, 1, 6, 5], [2, 3, 5, 4]],
];
const transpositions = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

describe.each(shapes)('%s', (_, shapeA, shapeB) => {
  test.each(transpositions)('transposeA %s, transposeB %s: as the plain kernel', (transposeA, transposeB) => {
    const stored = (shape: number[], transposed: boolean) =>
      transposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
    const a = tf.randomNormal(stored(shapeA, transposeA), 0, 1, 'float32', 1);
    const b = tf.randomNormal(stored(shapeB, transposeB), 0, 1, 'float32', 2);
    const {plain, fast} = bothProducts(a, b, transposeA, transposeB);
    expect(fast.shape).toEqual(plain.shape);
    // Rounding alone: entries are sums of up to 97 products of magnitude 1.
    expectClose(fast.values, plain.values, 2e-5);
  });
});

test('a product worked out by hand', () => {
  uninstall = installFastMatMul();
  const a = tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const b = tf.tensor2d([[1, 0, 2]]);
  expect(tf.matMul(a, b, true, true).arraySync()).toEqual([[11], [14]]);
});

test('gradients go through it', () => {
  uninstall = installFastMatMul();
  const a = tf.tensor2d([[1, 2]]);
  const b = tf.tensor2d([
    [3, 4],
    [5, 6],
  ]);
  const gradients = tf.grads((x, y) => tf.sum(tf.matMul(x, y)))([a, b]);
  expect(gradients.map((gradient) => gradient.arraySync())).toEqual([
    [[7, 11]],
    [
      [1, 1],
      [2, 2],
    ],
  ]);
});

test('leaves neither tensors nor data behind', () => {
  uninstall = installFastMatMul();
  const a = tf.ones([20, 30]);
  const b = tf.ones([40, 20]);
  const before = tf.memory();
  const dataBefore = tf.engine().backend.numDataIds();
  tf.tidy(() => {
    tf.matMul(a, b, true, true);
  });
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.engine().backend.numDataIds()).toBe(dataBefore);
});

test('installing twice is the same as once, and uninstalling puts the plain kernel back', () => {
  const plain = plainKernel();
  const first = installFastMatMul();
  const wrapped = plainKernel();
  const second = installFastMatMul();
  expect(wrapped).not.toBe(plain);
  expect(plainKernel()).toBe(wrapped);
  second();
  expect(plainKernel()).toBe(plain);
  first();
  expect(plainKernel()).toBe(plain);
});

test('is faster than the plain kernel where it matters', () => {
  const images = tf.randomNormal([128, 3072]);
  const upstream = tf.randomNormal([128, 100]);
  const fastest = () => {
    const times = Array.from({length: 5}, () => {
      const start = performance.now();
      tf.tidy(() => {
        tf.matMul(images, upstream, true, false).dataSync();
      });
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  const plain = fastest();
  uninstall = installFastMatMul();
  expect(fastest()).toBeLessThan(plain / 2);
});
