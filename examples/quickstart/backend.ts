import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {installFastMatMul} from '../cifar10/fastMatMul.js';

/** Starts the wasm backend, or the plain JavaScript one where WebAssembly does not run; returns tfjs's name for it. */
export async function startBackend(): Promise<string> {
  if (await tf.setBackend('wasm')) {
    installFastMatMul();
  } else {
    await tf.setBackend('cpu');
  }
  await tf.ready();
  return tf.getBackend();
}
