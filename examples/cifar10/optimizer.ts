import * as tf from '@tensorflow/tfjs';

export const optimizerNames = ['adam', 'momentum', 'sgd'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** An optimizer whose learning rate a schedule sets before every step. */
export interface ScheduledOptimizer extends tf.Optimizer {
  setLearningRate(learningRate: number): void;
}

const momentum = 0.9;

export function createOptimizer(name: OptimizerName, learningRate: number): ScheduledOptimizer {
  switch (name) {
    case 'adam':
      return new ScheduledAdam(learningRate, 0.9, 0.999);
    case 'momentum':
      return new TidyMomentum(learningRate, momentum, true);
    case 'sgd':
      return tf.train.sgd(learningRate);
  }
}

class ScheduledAdam extends tf.AdamOptimizer {
  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
  }
}

/** Nesterov momentum. tfjs's own leaves one scalar behind when it is disposed of. */
class TidyMomentum extends tf.MomentumOptimizer {
  override dispose(): void {
    super.dispose();
    this.c.dispose();
  }
}

/**
 * Decoupled weight decay (Loshchilov & Hutter, "Decoupled Weight Decay Regularization"): each step shrinks the kernels
 * by learning rate × weight decay, whatever the optimizer makes of the gradients.
 */
export function decayWeights(kernels: readonly tf.Variable[], shrinkage: number): void {
  if (shrinkage === 0) return;
  tf.tidy(() => {
    for (const kernel of kernels) kernel.assign(tf.mul(kernel, 1 - shrinkage));
  });
}
