import * as tf from '@tensorflow/tfjs-core';

/**
 * How much the tensors alive take up. The rest of what `tf.memory` tells depends on the backend: WebGL keeps textures for
 * use again, and moves tensors there when an op first wants them.
 */
export function tensorMemory(): Pick<tf.MemoryInfo, 'numTensors' | 'numDataBuffers' | 'numBytes'> {
  const {numTensors, numDataBuffers, numBytes} = tf.memory();
  return {numTensors, numDataBuffers, numBytes};
}
