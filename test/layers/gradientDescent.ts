import {evaluate, type LossSpec, type Problem} from '../reference/losses.js';
import {add, dot, type Matrix, scale, type Vector} from '../reference/vectors.js';

/** How to train. A step is one batch, and batches are taken in order. */
export interface Training {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** A weight for each example. @defaultValue 1 for all */
  readonly exampleWeights?: Vector;
}

/** What training leaves behind. */
export interface Trained {
  readonly kernel: Matrix;
  /** Empty without a bias. */
  readonly bias: Vector;
  /** The mean loss of every epoch, each batch with the weights it met. */
  readonly losses: Vector;
}

/**
 * Gradient descent on one margin layer in the oracle's float64: what `fit` must do, step by step.
 *
 * @param specAt - The loss at a step, for what depends on it (λ).
 */
export function gradientDescent(
  specAt: (step: number) => LossSpec,
  problem: Problem,
  {learningRate, batchSize, epochs, exampleWeights = problem.features.map(() => 1)}: Training,
): Trained {
  const examples = problem.features.length;
  let current = problem;
  let step = 0;
  const losses = Array.from({length: epochs}, () => {
    let total = 0;
    for (let begin = 0; begin < examples; begin += batchSize) {
      const batch = batchOf(current, begin, begin + batchSize);
      const size = batch.features.length;
      const shares = scale(1 / size, exampleWeights.slice(begin, begin + size));
      const {losses: lossOf, kernel, bias} = evaluate(specAt(step), batch, shares);
      total += size * dot(lossOf, shares);
      current = {
        ...current,
        kernel: current.kernel.map((row, d) => add(row, scale(-learningRate, kernel[d]!))),
        ...(current.bias && {bias: add(current.bias, scale(-learningRate, bias))}),
      };
      step++;
    }
    return total / examples;
  });
  return {kernel: current.kernel, bias: current.bias ?? [], losses};
}

/** Examples `begin` to `end` of a problem. */
export function batchOf(problem: Problem, begin: number, end: number): Problem {
  return {
    ...problem,
    features: problem.features.slice(begin, end),
    labels: problem.labels.slice(begin, end),
  };
}

/** The mean loss of a problem. */
export function meanLoss(spec: LossSpec, problem: Problem): number {
  const shares = problem.features.map(() => 1 / problem.features.length);
  return dot(evaluate(spec, problem, shares).losses, shares);
}
