import {type TensorInfo, type TypedArray, util} from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import {hostKernels} from './host.js';

/** The part of tfjs's cpu backend that the kernels use. */
interface CpuBackend {
  readonly data: {get(dataId: object): {readonly values: TypedArray}};
  makeTensorInfo(shape: number[], dtype: string, values: TypedArray): TensorInfo;
}

/** The kernels of the cpu backend, whose tensors are typed arrays. */
export function cpuKernels(backend: unknown): Kernels<TensorInfo> {
  const cpu = backend as CpuBackend;
  return hostKernels({
    allocate: (shape) => cpu.makeTensorInfo(shape, 'float32', new Float32Array(util.sizeFromShape(shape))),
    locate: () => {},
    read: ({dataId}) => cpu.data.get(dataId).values,
  });
}
