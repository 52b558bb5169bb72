import type {Loss} from '../../src/loss/loss.js';
import {
  type Evaluation,
  evaluate,
  type LossSpec,
  type Precision,
  type Problem,
  tolerances,
} from '../reference/losses.js';
import {expectClose} from './expectClose.js';
import {runLoss, toLoss} from './runLoss.js';

/**
 * What the library promises: values to 1e-5 relative (1e-6 absolute) and gradients to 1e-4, given its logits.
 * The logits themselves, being sums of products in float32, carry an error of some units of 2⁻²⁴ = 6e-8 of
 * the sum of the products' sizes; 1e-6 is 17 of those, enough for the vectors of up to 16 numbers that the
 * tests use.
 */
export const contract: Precision = {
  value: 1e-5,
  absolute: 1e-6,
  gradient: 1e-4,
  logit: 5e-7,
  underflow: 1e-37,
};

/**
 * Runs a loss on a problem and holds value and gradients against the oracle, to the library's promised
 * precision.
 */
export async function expectContract(
  spec: LossSpec,
  problem: Problem,
  upstream: readonly number[],
  loss: Loss = toLoss(spec),
): Promise<void> {
  const actual = await runLoss(loss, problem, upstream);
  const expected = evaluate(spec, problem, upstream);
  const allowed = tolerances(spec, problem, upstream, contract);
  expectEvaluation(actual, expected, allowed);
}

/** Compares two evaluations number by number; a bias that the problem does not have is not compared. */
export function expectEvaluation(actual: Evaluation, expected: Evaluation, allowed: Evaluation): void {
  for (const part of ['losses', 'features', 'kernel', 'bias'] as const) {
    if (part === 'bias' && actual.bias.length === 0) continue;
    try {
      expectClose(actual[part], expected[part], allowed[part]);
    } catch (error) {
      throw new Error(
        `${part === 'losses' ? part : `gradient of the ${part}`}: ${(error as Error).message}`,
        {cause: error},
      );
    }
  }
}
