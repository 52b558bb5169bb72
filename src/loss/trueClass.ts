import {greater, ones, type Tensor, type Tensor2D, tidy, zeros} from '@tensorflow/tfjs-core';
import {type Plan, planOf} from '../formula/plan.js';
import {plain, type Term} from '../formula/term.js';
import {kernels} from '../kernels/kernels.js';

const gap: Term = {logits: plain, loss: (_, row) => row.gap};

let made: Plan | undefined;

/** Made when it is first needed, not by programs that only predict. */
function gapPlan(): Plan {
  made ??= planOf([{weight: 1, owner: 'gap', term: gap}], {hasBias: false, isNormalized: false}).plan;
  return made;
}

/**
 * The mask of the true classes, bool, [batch, classes]: where the gradient of z_y − max z_j is positive. Kernels know every class id, and
 * ops on tensors only those up to 2,048 where these have half precision.
 */
export function trueClassMask(labels: Tensor, shape: [batch: number, classes: number]): Tensor2D {
  const plan = gapPlan();
  return tidy(() => {
    const inputs = {logits: zeros(shape), labels};
    const [, ...memory] = kernels().loss(inputs, {plan, numbers: []});
    const upstream = ones([shape[0]]);
    const [gradient] = kernels().lossGradient({...inputs, upstream, memory}, {plan, numbers: []});
    return greater(gradient, 0);
  });
}
