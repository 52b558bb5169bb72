import type {Tensor2D} from '@tensorflow/tfjs-core';
import {kernels} from '../kernels/kernels.js';
import {analytic} from '../tensors/analytic.js';

/** Every column scaled to norm 1; a column of zeros stays one and passes no gradient. */
export function unitColumns(matrix: Tensor2D): Tensor2D {
  return analytic([matrix], () => {
    const [columns, norms] = kernels().unitColumns({matrix});
    return {
      value: columns as Tensor2D,
      saved: [columns, norms],
      gradients: (upstream, saved) =>
        kernels().unitColumnsGradient({upstream, columns: saved[0]!, norms: saved[1]!}),
    };
  });
}
