import {backend} from '@tensorflow/tfjs-core';

/** The backends that have kernels of their own. */
export type BackendKind = 'cpu' | 'wasm' | 'webgl' | 'webgpu';

/** What tells them: methods and fields that the kernels use, and that no other backend has all of. */
const SIGNS: Readonly<Record<BackendKind, readonly string[]>> = {
  webgl: ['runWebGLProgram', 'makeTensorInfo', 'disposeIntermediateTensorInfo', 'texData'],
  webgpu: ['runWebGPUProgram', 'disposeData'],
  wasm: ['typedArrayFromHeap', 'makeOutput', 'dataIdMap'],
  cpu: ['data', 'makeTensorInfo', 'bufferSync', 'where'],
};

const kinds = new WeakMap<object, BackendKind | null>();

/** Which of them the backend in use is, under whatever name it is registered; null if none. */
export function backendKind(): BackendKind | null {
  const inUse: object = backend();
  let kind = kinds.get(inUse);
  if (kind === undefined) {
    const has = (sign: string) => (inUse as Readonly<Record<string, unknown>>)[sign] !== undefined;
    kind = (Object.keys(SIGNS) as BackendKind[]).find((known) => SIGNS[known].every(has)) ?? null;
    kinds.set(inUse, kind);
  }
  return kind;
}
