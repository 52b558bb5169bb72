import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import {env, getBackend, ready, removeBackend, setBackend} from '@tensorflow/tfjs-core';
import {installFastMatMul} from '../../cifar10/fastMatMul.js';
import type {BackendChoice} from '../settings.js';

type Backend = Exclude<BackendChoice, 'auto'>;

/** How each is started; false if it does not run here. */
const START: Readonly<Record<Backend, () => Promise<boolean>>> = {
  async webgl() {
    await import('@tensorflow/tfjs-backend-webgl');
    // Without 32 bits, as on many phones, losses and gradients would have three digits.
    return (await setBackend('webgl')) && env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  },
  async webgpu() {
    await import('@tensorflow/tfjs-backend-webgpu');
    return setBackend('webgpu');
  },
  async wasm() {
    const {setWasmPaths} = await import('@tensorflow/tfjs-backend-wasm');
    // Threads would ask for headers that a plain file server does not send; tfjs wants a path nevertheless.
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plainWasm,
      'tfjs-backend-wasm-simd.wasm': simdWasm,
      'tfjs-backend-wasm-threaded-simd.wasm': simdWasm,
    });
    const runs = await setBackend('wasm');
    if (runs) installFastMatMul();
    return runs;
  },
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
    return setBackend('cpu');
  },
};

/** Starts a backend, and says which. */
export async function startBackend(choice: BackendChoice): Promise<string> {
  for (const backend of choice === 'auto' ? candidates() : [choice]) {
    const runs = await START[backend]().catch(() => false);
    if (runs) {
      await ready();
      return getBackend();
    }
    removeBackend(backend);
  }
  throw new Error(`the backend ${choice} does not run in this browser; choose auto`);
}

/** What `auto` tries, one after another: a graphics processor, WebAssembly, and JavaScript, which runs everywhere. */
function candidates(): Backend[] {
  return hasGraphicsProcessor() ? ['webgl', 'wasm', 'cpu'] : ['wasm', 'cpu'];
}

/** Whether WebGL is more than a program on the processor, which WebAssembly is faster than. */
function hasGraphicsProcessor(): boolean {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2', {failIfMajorPerformanceCaveat: true});
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context?.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null && !/swiftshader|llvmpipe|softpipe|basic render/i.test(renderer);
}
