import * as tf from '@tensorflow/tfjs-core';
import {BatchMatMul, type KernelFunc, type TensorInfo, Transpose, util} from '@tensorflow/tfjs-core';

/**
 * Makes matrix products with a transposed operand, which every gradient uses, several times faster on wasm.
 *
 * The wasm backend hands a product to XNNPACK only when neither operand is to be transposed; any other product
 * goes through a scalar loop at a tenth of the speed. Transposing is cheap beside the product itself, so the
 * registered kernel is wrapped in one that transposes first. A stack of matrices stays with the plain kernel,
 * which takes its slow path for a stack either way, and so does a product of nothing, of which XNNPACK leaves the result
 * unset. `_FusedMatMul` stays as it is: tfjs never transposes there.
 *
 * Installing twice is the same as once. Returns a function that puts the plain kernel back.
 */
export function installFastMatMul(): () => void {
  const plain = tf.getKernel(BatchMatMul, 'wasm');
  const transpose = tf.getKernel(Transpose, 'wasm');
  if (plain === undefined || transpose === undefined) {
    throw new Error('fastMatMul: the wasm backend is not there; import @tensorflow/tfjs-backend-wasm first');
  }
  if (wrapped.has(plain.kernelFunc)) return () => replaceKernel(wrapped.get(plain.kernelFunc)!);

  const fast = transposingFirst(plain.kernelFunc, transpose.kernelFunc);
  wrapped.set(fast, plain);
  replaceKernel({...plain, kernelFunc: fast});
  return () => replaceKernel(plain);
}

/** The plain kernel behind each wrapped one. */
const wrapped = new WeakMap<KernelFunc, tf.KernelConfig>();

function replaceKernel(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

/** The part of the wasm backend that a kernel needs to free what it made for itself. */
interface Disposer {
  disposeData(dataId: object): void;
}

function transposingFirst(multiply: KernelFunc, transpose: KernelFunc): KernelFunc {
  return (parameters) => {
    const {inputs, backend, attrs} = parameters;
    const {a, b} = inputs as {a: TensorInfo; b: TensorInfo};
    const {transposeA, transposeB} = attrs as {transposeA: boolean; transposeB: boolean};
    if (!(transposeA || transposeB) || [a, b].some((x) => isStack(x) || isEmpty(x))) {
      return multiply(parameters);
    }

    const intermediates: TensorInfo[] = [];
    const transposed = (x: TensorInfo): TensorInfo => {
      const result = transpose({inputs: {x}, backend, attrs: {perm: lastTwoSwapped(x.shape.length)}});
      intermediates.push(result as TensorInfo);
      return result as TensorInfo;
    };
    try {
      return multiply({
        inputs: {a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b},
        backend,
        attrs: {transposeA: false, transposeB: false},
      });
    } finally {
      for (const {dataId} of intermediates) (backend as Disposer).disposeData(dataId);
    }
  };
}

function isEmpty({shape}: TensorInfo): boolean {
  return util.sizeFromShape(shape) === 0;
}

function isStack({shape}: TensorInfo): boolean {
  return util.sizeFromShape(shape.slice(0, -2)) !== 1;
}

function lastTwoSwapped(rank: number): number[] {
  const axes = Array.from({length: rank}, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
