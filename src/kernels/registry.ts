import {
  backend,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {webglPrograms} from '../shaders/webgl/webgl.js';
import {webgpuPrograms} from '../shaders/webgpu/webgpu.js';
import {type BackendKind, backendKind} from '../tensors/backendKind.js';
import type {Kernels, LossAttributes} from './contract.js';
import {gpuKernels} from './gpu/gpu.js';
import {cpuKernels} from './host/cpu.js';
import {wasmKernels} from './host/wasm.js';
import {opsKernels} from './ops/ops.js';

type MakeKernels = (backend: object) => Kernels<TensorInfo>;

/** Their own kernels, each all of them. On any other backend they are compositions of tfjs's ops. */
const OWN_KERNELS: Readonly<Record<BackendKind, MakeKernels>> = {
  cpu: cpuKernels,
  wasm: wasmKernels,
  webgl: (backend) => gpuKernels(webglPrograms(backend)),
  webgpu: (backend) => gpuKernels(webgpuPrograms(backend)),
};

type KernelName = keyof Kernels<TensorInfo>;

const KERNEL_NAMES = Object.keys(opsKernels) as KernelName[];

/** Kernels that understand each other: what one remembers between loss and gradient those of another set cannot read. */
export interface KernelSet {
  /** Under which names they are registered. */
  readonly names: Readonly<Record<KernelName, string>>;
  /** They run on the backend in use. */
  readonly kernels: Kernels<Tensor>;
}

/** What a kernel is called with beside its tensors. */
export interface Attributes extends LossAttributes {
  /** The names of the tensors, in their order. */
  readonly names: readonly string[];
  /** As {@link memoryOf} tells. */
  readonly memory: string;
}

/**
 * The two sets: those of a backend's own, and the ops.
 *
 * The version goes up with every release that changes the contract, the operations of formulas or a backend's memory, for two
 * copies of this package share one registry.
 */
const OWN = setUnder('tfjs-losses/4');
const OPS = setUnder('tfjs-losses/4/ops');

/** Both. */
export const SETS: readonly KernelSet[] = [OWN, OPS];

/** The backends on which a loss has run. */
const known = new WeakSet<object>();

/** The set that there is on the backend in use: where a kernel of its own is missing, be it that somebody unregistered it, the ops. */
export function setInUse(): KernelSet {
  const inUse = backend();
  const backendName = getBackend();
  if (!known.has(inUse)) {
    known.add(inUse);
    const kind = backendKind();
    if (kind) register(OWN.names, backendName, OWN_KERNELS[kind]);
  }
  if (KERNEL_NAMES.every((name) => getKernel(OWN.names[name], backendName))) return OWN;
  register(OPS.names, backendName, () => opsKernels as unknown as Kernels<TensorInfo>);
  return OPS;
}

/** Tells what one set remembers on one backend from what another does. */
export function memoryOf({names}: Pick<KernelSet, 'names'>, backendName: string): string {
  return `${backendName}/${names.loss}`;
}

/** The inputs of a kernel by name: tensors, and lists of tensors. */
type KernelInputs<T> = Readonly<Record<string, T | readonly T[] | undefined>>;

/** Tensors of a list by their names. */
export function unpacked<T>(tensors: readonly T[], names: readonly string[]): KernelInputs<T> {
  const inputs: Record<string, T | T[]> = {memory: []};
  names.forEach((name, i) => {
    if (name === 'memory') (inputs.memory as T[]).push(tensors[i]!);
    else inputs[name] = tensors[i]!;
  });
  return inputs;
}

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

function setUnder(prefix: string): KernelSet {
  const names = Object.fromEntries(
    KERNEL_NAMES.map((name) => [name, `${prefix}/${name}`]),
  ) as KernelSet['names'];
  const kernels = Object.fromEntries(
    KERNEL_NAMES.map((name) => [
      name,
      (inputs: KernelInputs<Tensor>, attributes: object = {}) => {
        const {tensors, names: tensorNames} = packed(inputs);
        const attrs = {...attributes, names: tensorNames, memory: memoryOf({names}, getBackend())};
        return engine().runKernel(
          names[name],
          tensors as unknown as NamedTensorMap,
          attrs as unknown as NamedAttrMap,
        );
      },
    ]),
  ) as unknown as Kernels<Tensor>;
  return {names, kernels};
}

/** Registers a set, but for what somebody registered before, such as another copy of this package. */
function register(names: KernelSet['names'], backendName: string, make: MakeKernels): void {
  let madeFor: object | undefined;
  let made: Kernels<TensorInfo>;
  for (const name of KERNEL_NAMES) {
    const kernelName = names[name];
    if (getKernel(kernelName, backendName)) continue;
    registerKernel({
      kernelName,
      backendName,
      kernelFunc({inputs, attrs, backend}) {
        if (backend !== madeFor) {
          madeFor = backend;
          made = make(backend);
        }
        const {names, ...attributes} = attrs as unknown as Attributes;
        const kernel = made[name] as (inputs: object, attributes: object) => TensorInfo[];
        return kernel(unpacked(inputs as unknown as TensorInfo[], names), attributes);
      },
    });
  }
}
