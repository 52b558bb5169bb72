import * as tf from '@tensorflow/tfjs-core';

/** How often each kernel runs. */
export async function kernelCounts(run: () => unknown): Promise<Record<string, number>> {
  const {kernels} = await tf.profile(() =>
    tf.tidy(() => {
      run();
    }),
  );
  const counts: Record<string, number> = {};
  for (const {name} of kernels) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
