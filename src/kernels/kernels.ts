import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Kernels, LossAttributes, LossKernelInputs} from './contract.js';
import {cpuKernels} from './cpu.js';
import {opsKernels} from './ops.js';
import {wasmKernels} from './wasm.js';
import {webglKernels} from './webgl.js';
import {webgpuKernels} from './webgpu.js';

type MakeKernels = (backend: object) => Kernels<TensorInfo>;

/** The backends that have kernels of their own, each all of them. On any other they are compositions of tfjs's ops. */
const BACKENDS: Readonly<Record<string, MakeKernels>> = {
  cpu: cpuKernels,
  wasm: wasmKernels,
  webgl: webglKernels,
  webgpu: webgpuKernels,
};

type KernelName = keyof Kernels<TensorInfo>;

const KERNEL_NAMES = Object.keys(opsKernels) as KernelName[];

/** The version goes up with every change of the contract, since two copies of this package share one registry. */
const REGISTERED = Object.fromEntries(
  KERNEL_NAMES.map((name) => [name, `tfjs-losses/2/${name}`]),
) as Readonly<Record<KernelName, string>>;

/** The inputs of a kernel by name: tensors, and lists of tensors. */
type KernelInputs<T> = Readonly<Record<string, T | readonly T[] | undefined>>;

/** As tfjs has them: a list, of which it saves every one for the gradient. */
function packed(inputs: KernelInputs<Tensor>): {tensors: Tensor[]; names: string[]} {
  const tensors: Tensor[] = [];
  const names: string[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    for (const tensor of Array.isArray(input) ? input : input ? [input] : []) {
      tensors.push(tensor);
      names.push(name);
    }
  }
  return {tensors, names};
}

function unpacked<T>(tensors: readonly T[], names: readonly string[]): KernelInputs<T> {
  const inputs: Record<string, T | T[]> = {};
  names.forEach((name, i) => {
    if (name !== 'memory') inputs[name] = tensors[i]!;
    else inputs.memory = [...((inputs.memory as T[]) ?? []), tensors[i]!];
  });
  return inputs;
}

/** What runs on the way back, soon after what it belongs to. */
const GRADIENTS = new Set(KERNEL_NAMES.filter((name) => name.endsWith('Gradient')));

function areRegistered(backendName: string): boolean {
  return KERNEL_NAMES.every((name) => getKernel(REGISTERED[name], backendName));
}

function register(backendName: string, make: MakeKernels): void {
  let madeFor: object | undefined;
  let made: Kernels<TensorInfo>;
  for (const name of KERNEL_NAMES) {
    registerKernel({
      kernelName: REGISTERED[name],
      backendName,
      kernelFunc({inputs, attrs, backend}) {
        if (backend !== madeFor) {
          madeFor = backend;
          made = make(backend);
        }
        const {names, ...attributes} = attrs as {names: string[]};
        const kernel = made[name] as (inputs: object, attributes: object) => TensorInfo[];
        return kernel(unpacked(inputs as unknown as TensorInfo[], names), attributes);
      },
    });
  }
}

for (const [backendName, make] of Object.entries(BACKENDS)) {
  // Another copy of this package may have been first.
  if (!areRegistered(backendName)) register(backendName, make);
}

/**
 * Where there are no kernels, be it that nobody wrote them or that somebody unregistered one, the ops take the place of all:
 * the gradient reads what the loss left, in a form that is each backend's own.
 */
function ensureRegistered(backendName: string): void {
  if (!getGradient(REGISTERED.loss)) registerGradient(lossGradient);
  if (areRegistered(backendName)) return;
  for (const name of KERNEL_NAMES) {
    if (getKernel(REGISTERED[name], backendName)) unregisterKernel(REGISTERED[name], backendName);
  }
  register(backendName, () => opsKernels as unknown as Kernels<TensorInfo>);
}

/**
 * The kernels for tensors of the backend in use, which may change from call to call. `loss` has a gradient. The others have
 * none, so they are for the inside of gradients and of `tf.customGrad`.
 */
export const kernels = Object.fromEntries(
  KERNEL_NAMES.map((name) => [
    name,
    (inputs: KernelInputs<Tensor>, attributes: object = {}) => {
      if (!GRADIENTS.has(name)) ensureRegistered(getBackend());
      const {tensors, names} = packed(inputs);
      const attrs = {...attributes, names} as NamedAttrMap;
      return engine().runKernel(REGISTERED[name], tensors as unknown as NamedTensorMap, attrs);
    },
  ]),
) as unknown as Kernels<Tensor>;

/** Of `loss`. What nobody asks for, such as the gradient by features that are data, is not computed. */
const lossGradient = {
  kernelName: REGISTERED.loss,
  saveAllInputs: true,
  outputsToSave: [false, true, true, true, true],
  gradFunc(upstreams: Tensor | Tensor[], saved: Tensor[], attrs: NamedAttrMap) {
    const {terms, names} = attrs as unknown as LossAttributes & {names: (keyof LossKernelInputs<Tensor>)[]};
    const inputs = unpacked(saved.slice(0, names.length), names) as unknown as LossKernelInputs<Tensor>;
    const {labels, features, kernel} = inputs;
    const [upstream, memory] = [(upstreams as Tensor[])[0]!, saved.slice(names.length)];
    const [byScores, byKernelNorms, byBias, byProducts] = kernels.lossGradient(
      {...inputs, upstream, memory},
      {terms},
    );
    const gradients: Record<keyof LossKernelInputs<Tensor>, () => Tensor> = {
      scores: () => byScores,
      labels: () => zeros(labels.shape),
      features: () => kernels.featuresGradient({features: features!, upstream, memory})[0],
      kernel: () => kernels.kernelGradient({kernel: kernel!, byKernelNorms: byKernelNorms!, memory})[0],
      bias: () => byBias!,
      products: () => byProducts!,
    };
    return Object.fromEntries(names.map((name, i) => [i, gradients[name]]));
  },
};
