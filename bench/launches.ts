import * as tf from '@tensorflow/tfjs';
import {type Contender, finish} from './contender.js';

type Method = (...given: unknown[]) => unknown;

/** Through which method of its backend every program goes to the graphics processor. */
const launchMethods: Readonly<Record<string, string>> = {
  webgl: 'runWebGLProgram',
  webgpu: 'runWebGPUProgram',
};

/** How many programs a contender has the graphics processor run; undefined on a backend without one. */
export async function countLaunches(contender: Contender): Promise<number | undefined> {
  const name = launchMethods[tf.getBackend()];
  if (name === undefined) return undefined;
  const backend = tf.backend() as unknown as Record<string, Method>;
  const launch = backend[name]!;
  let count = 0;
  backend[name] = (...given) => {
    count++;
    return launch.apply(backend, given);
  };
  try {
    await finish(contender);
  } finally {
    delete backend[name]; // what is left is the method of the class
  }
  return count;
}
