import * as tf from '@tensorflow/tfjs';

/**
 * The losses as one writes them down from the formulas: in tfjs ops, on one-hot labels, with gradients by autodiff. What they
 * come to must be what this package computes; what they cost is what it saves.
 */
export type NaiveLoss = (
  labels: tf.Tensor2D,
  logits: tf.Tensor2D,
  features: tf.Tensor2D,
  kernel: tf.Tensor2D,
) => tf.Tensor1D;

export function naiveHinge(margin: number): NaiveLoss {
  return (labels, logits) => {
    const violations = tf.relu(tf.add(tf.sub(logits, tf.sum(tf.mul(logits, labels), 1, true)), margin));
    return tf.sum(tf.mul(violations, tf.sub(1, labels)), 1);
  };
}

export const naiveSoftmax: NaiveLoss = (labels, logits) =>
  tf.neg(tf.sum<tf.Tensor1D>(tf.mul(labels, tf.logSoftmax(logits)), 1));

export function naiveLSoftmax(m: number, lambda: number): NaiveLoss {
  return (labels, logits, features, kernel) => {
    const length = tf.mul(tf.norm(features, 2, 1), ofTrueClass(tf.norm(kernel, 2, 0), labels));
    return marginCrossEntropy(labels, logits, length, m, lambda);
  };
}

export function naiveASoftmax(m: number, lambda: number): NaiveLoss {
  return (labels, logits, features, kernel) => {
    const scores = tf.div<tf.Tensor2D>(logits, tf.norm(kernel, 2, 0));
    return marginCrossEntropy(labels, scores, tf.norm(features, 2, 1), m, lambda);
  };
}

/** Of s·(cos θ_y − m). */
export function naiveAMSoftmax(margin: number, scale: number): NaiveLoss {
  return cosineCrossEntropy(scale, (cosine) => tf.sub(cosine, margin));
}

/** Of s·cos(θ_y + m), and where that would rise, of its reflection. */
export function naiveArcFace(margin: number, scale: number): NaiveLoss {
  return cosineCrossEntropy(scale, (cosine) => {
    const theta = tf.acos(tf.clipByValue(cosine, -1 + 1e-6, 1 - 1e-6));
    const target = tf.cos(tf.add(theta, margin));
    const isBeyond = tf.step(tf.sub(-Math.cos(margin), cosine));
    return tf.add(target, tf.mul(isBeyond, tf.sub(-2, tf.mul(2, target))));
  });
}

export function naiveCombination(terms: ReadonlyArray<readonly [number, NaiveLoss]>): NaiveLoss {
  return (...inputs) => tf.addN(terms.map(([weight, loss]) => tf.mul<tf.Tensor1D>(weight, loss(...inputs))));
}

/** Cross-entropy of s·cos θ_j, with a function of the true class's cosine in its place. */
function cosineCrossEntropy(scale: number, target: (cosine: tf.Tensor1D) => tf.Tensor): NaiveLoss {
  return (labels, logits, features, kernel) => {
    const lengths = tf.mul(tf.norm(features, 2, 1, true), tf.norm(kernel, 2, 0));
    const cosines = tf.div<tf.Tensor2D>(logits, lengths);
    const own = ofTrueClass(cosines, labels);
    const change = tf.expandDims(tf.sub(target(own), own), 1);
    return naiveSoftmax(labels, tf.mul(scale, tf.add(cosines, tf.mul(labels, change))), features, kernel);
  };
}

/** Cross-entropy with the true class's score, length · cos θ, replaced by length · (λ cos θ + ψ(θ)) / (1 + λ). */
function marginCrossEntropy(
  labels: tf.Tensor2D,
  scores: tf.Tensor2D,
  length: tf.Tensor,
  m: number,
  lambda: number,
): tf.Tensor1D {
  const trueScore = ofTrueClass(scores, labels);
  // The derivative of the arccosine is infinite at ±1.
  const cosine = tf.clipByValue(tf.div(trueScore, length), -1 + 1e-6, 1 - 1e-6);
  const blend = tf.div(tf.add(tf.mul(lambda, cosine), psi(tf.acos(cosine), m)), 1 + lambda);
  const change = tf.sub(tf.mul(length, blend), trueScore);
  const logProbabilities = tf.logSoftmax(tf.add(scores, tf.mul(labels, tf.expandDims(change, 1))));
  return tf.neg(tf.sum<tf.Tensor1D>(tf.mul(labels, logProbabilities), 1));
}

/** ψ(θ) = (−1)^k cos(mθ) − 2k for θ in [kπ/m, (k+1)π/m]. */
function psi(theta: tf.Tensor, m: number): tf.Tensor {
  const k = tf.floor(tf.mul(theta, m / Math.PI));
  const sign = tf.sub(1, tf.mul(2, tf.mod(k, 2)));
  return tf.sub(tf.mul(sign, tf.cos(tf.mul(theta, m))), tf.mul(2, k));
}

function ofTrueClass(values: tf.Tensor, labels: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(values, labels), 1);
}
