import type {TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import {hostKernels} from './host.js';

/** The part of tfjs's wasm backend that the kernels use. */
interface WasmBackend {
  readonly dataIdMap: {get(dataId: object): unknown};
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
}

/** The kernels of the wasm backend, whose tensors lie on the heap of its WebAssembly module. */
export function wasmKernels(backend: unknown): Kernels<TensorInfo> {
  const wasm = backend as WasmBackend;
  return hostKernels({
    allocate: (shape) => wasm.makeOutput(shape, 'float32'),
    locate: ({dataId}) => {
      wasm.dataIdMap.get(dataId);
    },
    read: (tensor) => wasm.typedArrayFromHeap(tensor),
  });
}
