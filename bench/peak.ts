import * as tf from '@tensorflow/tfjs';
import type {Contender} from './contender.js';

/** The bytes in tensors at the peak of a contender's work, on top of those there were before. */
export async function peakBytes(contender: Contender): Promise<number> {
  const before = tf.memory().numBytes;
  const {peakBytes: atPeak, result} = await tf.profile(() => contender.run());
  tf.dispose(result);
  return atPeak - before;
}
