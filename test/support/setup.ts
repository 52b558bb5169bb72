/**
 * Runs before every test file: the backend that the vitest project asks for, and how fast-check draws its
 * cases.
 */

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {expect, inject} from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    backend: string;
    properties: {seed: number; numRuns: number};
  }
}

/** How to make each backend available. `ops` is one without kernels of ours, as any unknown backend. */
const backends: Record<string, () => Promise<unknown>> = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  ops: withoutKernels,
  webgl: async () => {
    await import('@tensorflow/tfjs-backend-webgl');
    // Left to itself, tfjs computes small tensors in JavaScript, and those of the tests are small.
    tf.env().set('WEBGL_CPU_FORWARD', false);
  },
  webgpu: async () => {
    await import('@tensorflow/tfjs-backend-webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  },
};

const backend = inject('backend');
await backends[backend]!();
expect(await tf.setBackend(backend), `the ${backend} backend starts`).toBe(true);
await tf.ready();

async function withoutKernels(): Promise<void> {
  const {registerUnknownBackend} = await import('./unknownBackend.js');
  registerUnknownBackend('ops');
}

// The same cases on every run, so that a red test is red again. To explore: PROPERTY_SEED=7
// PROPERTY_RUNS=10000 npm test
fc.configureGlobal(inject('properties'));
