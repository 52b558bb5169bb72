import {
  getBackend,
  getGradient,
  type NamedAttrMap,
  registerGradient,
  type Tensor,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {Kernels, LossSources} from './contract.js';
import {type Attributes, memoryOf, SETS, setInUse, unpacked} from './registry.js';

/**
 * The kernels for the backend in use. `loss` has a gradient. The others have none, so they are for the inside of gradients and of
 * `tf.customGrad`.
 */
export function kernels(): Kernels<Tensor> {
  return setInUse().kernels;
}

/** The gradient of `loss`. What nobody asks for, such as that with respect to features that are data, is not computed. */
function gradientOfLoss(
  upstreams: Tensor | Tensor[],
  saved: Tensor[],
  attrs: NamedAttrMap,
): Record<string, () => Tensor> {
  const {plan, numbers, names, memory: ofLoss} = attrs as unknown as Attributes;
  const inputs = unpacked(saved.slice(0, names.length), names) as unknown as LossSources<Tensor>;
  // Of a single output, tfjs hands on the gradient as it is.
  const upstream = Array.isArray(upstreams) ? upstreams[0]! : upstreams;
  const set = setInUse();
  const {kernels} = set;
  const attributes = {plan, numbers};
  // On another backend than that of the loss, what it remembered says nothing.
  const isReadable = ofLoss === memoryOf(set, getBackend());
  const memory = isReadable ? saved.slice(names.length) : kernels.loss(inputs, attributes).slice(1);
  const back = {...inputs, upstream, memory};
  const [dLogits, ...others] = kernels.lossGradient(back, attributes);
  const dProducts = inputs.products && others[0];
  const dKernelNorms = inputs.kernel && others.at(-1);
  const gradients: Record<keyof LossSources<Tensor>, () => Tensor> = {
    logits: () => dLogits,
    labels: () => zeros(inputs.labels.shape),
    perClass: () => zerosLike(inputs.perClass!),
    products: () => dProducts!,
    features: () => kernels.featuresGradient(back, attributes)[0],
    kernel: () => kernels.kernelGradient({...back, dKernelNorms: dKernelNorms!}, attributes)[0],
  };
  return Object.fromEntries(names.map((name, i) => [i, gradients[name as keyof LossSources<Tensor>]]));
}

for (const {names} of SETS) {
  if (getGradient(names.loss)) continue;
  registerGradient({
    kernelName: names.loss,
    saveAllInputs: true,
    outputsToSave: [false, true, true, true, true], // the losses, and up to four tensors to remember
    gradFunc: gradientOfLoss,
  });
}
