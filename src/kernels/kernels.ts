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

/** Under which names the kernels of a set are registered. */
type RegisteredNames = Readonly<Record<KernelName, string>>;

/** Kernels that understand each other: what one remembers between loss and gradient those of another set cannot read. */
interface KernelSet {
  readonly names: RegisteredNames;
  /** They run on the backend in use. */
  readonly kernels: Kernels<Tensor>;
}

/**
 * The two sets: those of a backend's own, and the ops.
 *
 * The version goes up with every release that changes the contract or a backend's memory, for two copies of this package share one registry.
 */
const OWN = setUnder('tfjs-losses/2');
const OPS = setUnder('tfjs-losses/2/ops');

function setUnder(prefix: string): KernelSet {
  const names = Object.fromEntries(
    KERNEL_NAMES.map((name) => [name, `${prefix}/${name}`]),
  ) as RegisteredNames;
  const kernels = Object.fromEntries(
    KERNEL_NAMES.map((name) => [
      name,
      (inputs: KernelInputs<Tensor>, attributes: object = {}) => {
        const {tensors, names: tensorNames} = packed(inputs);
        const attrs = {...attributes, names: tensorNames, memory: memoryOf(names, getBackend())};
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

/** What a kernel is called with beside its tensors. */
interface Attributes extends LossAttributes {
  /** The names of the tensors. */
  readonly names: (keyof LossKernelInputs<Tensor>)[];
  /** As {@link memoryOf} tells. */
  readonly memory: string;
}

/** Tells what one set remembers on one backend from what another does. */
function memoryOf(names: RegisteredNames, backendName: string): string {
  return `${backendName}/${names.loss}`;
}

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

/** Registers a set, but for what somebody registered before, such as another copy of this package. */
function register(names: RegisteredNames, backendName: string, make: MakeKernels): void {
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

for (const [backendName, make] of Object.entries(BACKENDS)) register(OWN.names, backendName, make);

/** The set that there is on a backend: where a kernel of its own is missing, be it that somebody unregistered it, the ops. */
function setOn(backendName: string): KernelSet {
  if (KERNEL_NAMES.every((name) => getKernel(OWN.names[name], backendName))) return OWN;
  register(OPS.names, backendName, () => opsKernels as unknown as Kernels<TensorInfo>);
  return OPS;
}

/**
 * The kernels for the backend in use. `loss` has a gradient. The others have none, so they are for the inside of gradients and of
 * `tf.customGrad`.
 */
export function kernels(): Kernels<Tensor> {
  return setOn(getBackend()).kernels;
}

/** The gradient of `loss`. What nobody asks for, such as that by features that are data, is not computed. */
function gradientOfLoss(
  upstreams: Tensor | Tensor[],
  saved: Tensor[],
  attrs: NamedAttrMap,
): Record<string, () => Tensor> {
  const {terms, names, memory: ofLoss} = attrs as unknown as Attributes;
  const inputs = unpacked(saved.slice(0, names.length), names) as unknown as LossKernelInputs<Tensor>;
  const {labels, features, kernel} = inputs;
  const upstream = (upstreams as Tensor[])[0]!;
  const backendName = getBackend();
  const {names: registered, kernels} = setOn(backendName);
  // On another backend than that of the loss, what it remembered says nothing.
  const isReadable = ofLoss === memoryOf(registered, backendName);
  const memory = isReadable ? saved.slice(names.length) : kernels.loss(inputs, {terms}).slice(1);
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
}

for (const {names} of [OWN, OPS]) {
  if (getGradient(names.loss)) continue;
  registerGradient({
    kernelName: names.loss,
    saveAllInputs: true,
    outputsToSave: [false, true, true, true, true], // the losses, and up to four tensors to remember
    gradFunc: gradientOfLoss,
  });
}
