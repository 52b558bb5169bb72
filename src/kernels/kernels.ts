import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {Kernels} from './contract.js';
import {cpuKernels} from './cpu.js';
import {opsKernels} from './ops.js';
import {wasmKernels} from './wasm.js';
import {webglKernels} from './webgl.js';
import {webgpuKernels} from './webgpu.js';

/** The backends that have kernels of their own, each all of them. On any other they are compositions of tfjs's ops. */
const BACKENDS: Readonly<Record<string, (backend: object) => Kernels<TensorInfo>>> = {
  cpu: cpuKernels,
  wasm: wasmKernels,
  webgl: webglKernels,
  webgpu: webgpuKernels,
};

type KernelName = keyof Kernels<TensorInfo>;

const KERNEL_NAMES = Object.keys(opsKernels) as KernelName[];

/** The version goes up with every change of the contract, since two copies of this package share one registry. */
function registeredName(name: KernelName): string {
  return `tfjs-losses/1/${name}`;
}

for (const [backendName, kernelsOf] of Object.entries(BACKENDS)) {
  for (const name of KERNEL_NAMES) {
    const kernelName = registeredName(name);
    // Another copy of this package may have been first.
    if (getKernel(kernelName, backendName)) continue;
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({inputs, attrs, backend}) => kernelsOf(backend)[name](inputs as never, attrs as never),
    });
  }
}

/** Somebody may unregister a kernel, and the others do not go with the ops: `sweepGradient` reads what `sweep` wrote. */
function areRegistered(backendName: string): boolean {
  return KERNEL_NAMES.every((name) => getKernel(registeredName(name), backendName));
}

/**
 * The kernels for tensors of the backend in use, which may change from call to call. They have no gradients, so they are for
 * the inside of `tf.customGrad`.
 */
export const kernels = Object.fromEntries(
  KERNEL_NAMES.map((name) => [
    name,
    (inputs: NamedTensorMap, attributes?: NamedAttrMap) =>
      areRegistered(getBackend())
        ? engine().runKernel(registeredName(name), inputs, attributes)
        : opsKernels[name](inputs as never, attributes as never),
  ]),
) as unknown as Kernels<Tensor>;
