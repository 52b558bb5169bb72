import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs';
import {installFastMatMul} from './fastMatMul.js';

export const backendChoices = ['auto', 'wasm', 'cpu', 'node'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/**
 * Starts the backend and returns tfjs's name for it. `auto` takes tfjs-node where the user has installed it
 * and wasm otherwise, or plain JavaScript where that does not run: tfjs-node downloads a native library as it is installed, so it is no dependency.
 */
export async function startBackend(choice: BackendChoice): Promise<string> {
  if (choice === 'node' || (choice === 'auto' && isInstalled(tfjsNode))) {
    await startTfjsNode();
  } else if (choice === 'cpu') {
    await tf.setBackend('cpu');
  } else {
    await import('@tensorflow/tfjs-backend-wasm');
    if (await tf.setBackend('wasm')) installFastMatMul();
    else if (choice === 'auto') await tf.setBackend('cpu');
    else throw new Error('WebAssembly does not run here; take --backend cpu');
  }
  await tf.ready();
  return tf.getBackend();
}

const tfjsNode = '@tensorflow/tfjs-node';

function isInstalled(packageName: string): boolean {
  try {
    createRequire(import.meta.url).resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

async function startTfjsNode(): Promise<void> {
  try {
    await import(tfjsNode);
  } catch (cause) {
    throw new Error(
      `${tfjsNode} does not load: install it with "npm install --no-save ${tfjsNode}", or take --backend wasm`,
      {cause},
    );
  }
  await tf.setBackend('tensorflow');
}
