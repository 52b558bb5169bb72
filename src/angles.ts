import {
  clipByValue,
  clone,
  divNoNan,
  expandDims,
  gather,
  mul,
  neg,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import {analytic} from './analytic.js';
import type {LossInputs} from './lossInputs.js';
import type {Geometry} from './marginLogits.js';
import {inverseNorm, vectorNorm} from './vectorNorm.js';

/**
 * What margin losses read off the geometry of the logits, each computed once a forward pass however many terms of a
 * combination ask for it. Gradients flow through all but the cosine.
 */

/** ‖x‖, shape [batch]. */
export function featureNorm(inputs: LossInputs, geometry: Geometry): Tensor1D {
  return inputs.share('‖x‖', () => vectorNorm(geometry.features, 1));
}

/** ‖W_j‖, shape [classes]. */
function kernelNorm(inputs: LossInputs, geometry: Geometry): Tensor1D {
  return inputs.share('‖W‖', () => vectorNorm(geometry.kernel, 0));
}

/** ‖W_y‖·‖x‖, shape [batch]: what the cosine of the true class is multiplied with to give its logit. */
export function targetLength(inputs: LossInputs, geometry: Geometry): Tensor1D {
  return inputs.share('‖W_y‖‖x‖', () =>
    multiply(featureNorm(inputs, geometry), ofTrueClass(kernelNorm(inputs, geometry), inputs)),
  );
}

/** b_y, shape [batch], if there is a bias. */
export function targetBias(inputs: LossInputs, {bias}: Geometry): Tensor1D | null {
  return bias && inputs.share('b_y', () => ofTrueClass(bias, inputs));
}

/** W_j·x without the bias, shape [batch, classes]; the bias has the gradient 0, where it would otherwise have none. */
function scoresWithoutBias(inputs: LossInputs, {product, bias}: Geometry): Tensor2D {
  if (product === null || bias === null) return inputs.logits;
  return inputs.share('W·x', () =>
    analytic([product, bias], () => ({
      value: clone(product),
      saved: [],
      gradients: (upstream) => [clone(upstream), zeros(bias.shape)],
    })),
  );
}

/** ‖x‖ cos θ_j, shape [batch, classes]: the logits of a kernel with columns of norm 1. */
export function normalizedLogits(inputs: LossInputs, geometry: Geometry): Tensor2D {
  if (geometry.normalized) return scoresWithoutBias(inputs, geometry);
  return inputs.share('‖x‖ cos θ', () =>
    columnQuotients(scoresWithoutBias(inputs, geometry), kernelNorm(inputs, geometry)),
  );
}

/**
 * cos θ_y, in [−1, 1], shape [batch]; 0 where x or W_y is 0 and there is no angle. A value only: the gradients of the
 * margin losses are written in terms of W_y·x and ‖W_y‖‖x‖, from which it is made.
 */
export function targetCosine(inputs: LossInputs, geometry: Geometry): Tensor1D {
  return inputs.share('cos θ_y', () => {
    const product = inputs.atTrueClass(scoresWithoutBias(inputs, geometry));
    return clipByValue(divNoNan(product, targetLength(inputs, geometry)), -1, 1) as Tensor1D;
  });
}

function multiply(a: Tensor1D, b: Tensor1D): Tensor1D {
  return analytic([a, b], () => ({
    value: mul<Tensor1D>(a, b),
    saved: [a, b],
    gradients: (upstream, saved) => [mul(upstream, saved[1]!), mul(upstream, saved[0]!)],
  }));
}

/** Column j of `scores` divided by norms[j]; a column whose norm is 0 becomes 0 and passes no gradient. */
function columnQuotients(scores: Tensor2D, norms: Tensor1D): Tensor2D {
  return analytic([scores, norms], () => {
    const inverse = inverseNorm(norms);
    const quotients = mul<Tensor2D>(scores, inverse);
    return {
      value: quotients,
      saved: [quotients, inverse],
      gradients: (upstream, saved) => {
        const [quotient, scale] = saved as [Tensor2D, Tensor1D];
        return [mul(upstream, scale), neg(mul(sum(mul(upstream, quotient), 0), scale))];
      },
    };
  });
}

/** values[y] for the true class y of each example: [classes] → [batch]. */
function ofTrueClass(values: Tensor1D, {classIds, isTrueClass}: LossInputs): Tensor1D {
  return analytic([values], () => ({
    value: gather(values, classIds),
    saved: [isTrueClass],
    gradients: (upstream, saved) => [sum(where(saved[0]!, expandDims(upstream, 1), 0), 0)],
  }));
}
