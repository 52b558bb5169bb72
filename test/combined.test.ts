import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it, vi} from 'vitest';
import {combined, hinge, Loss, type LossInputs, lsoftmax, softmax} from '../src/index.js';
import {type Evaluation, type LossSpec, tolerances} from './reference/losses.js';
import {add, scale} from './reference/vectors.js';
import {contract, expectContract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {type Sample, samples, samplesOfAnyHead} from './support/problems.js';
import {read, runLoss, toLoss} from './support/runLoss.js';
import {weightedSpecs, weights} from './support/specs.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

describe('combined', () => {
  it('is the weighted sum', async () => {
    const problem = {features: [[1]], kernel: [[0, 0]], labels: [[1, 0]]};
    const loss = combined([
      [3, softmax()],
      [0.5, hinge({margin: 2})],
    ]);
    expectClose((await runLoss(loss, problem, [1])).losses, [3 * Math.LN2 + 1], {relative: 1e-6});
  });

  it('is the weighted sum of what its terms give alone, in value and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(weightedSpecs, samplesOfAnyHead(), async (terms, sample) => {
        const alone = await Promise.all(
          terms.map(([, spec]) => runLoss(toLoss(spec), sample.problem, sample.upstream)),
        );
        const sum = alone
          .map((evaluation, index) => weigh(terms[index]![0], evaluation))
          .reduce((total, next) => plus(total, next));
        await expectSame(runSpec({kind: 'combined', terms}, sample), sum, terms, sample);
      }),
    );
  });

  it('matches the oracle', async () => {
    await fc.assert(
      fc.asyncProperty(weightedSpecs, samplesOfAnyHead(), (terms, {problem, upstream}) =>
        expectContract({kind: 'combined', terms}, problem, upstream),
      ),
    );
  });

  it('scales with its weights', async () => {
    await fc.assert(
      fc.asyncProperty(weightedSpecs, weights, samples(), async (terms, factor, sample) => {
        const scaled = terms.map(([weight, spec]) => [factor * weight, spec] as const);
        const expected = weigh(factor, await runSpec({kind: 'combined', terms}, sample));
        await expectSame(runSpec({kind: 'combined', terms: scaled}, sample), expected, scaled, sample);
      }),
    );
  });

  it('does not depend on the order of its terms', async () => {
    await fc.assert(
      fc.asyncProperty(weightedSpecs, samplesOfAnyHead(), async (terms, sample) => {
        const expected = await runSpec({kind: 'combined', terms}, sample);
        const reversed = [...terms].reverse();
        await expectSame(runSpec({kind: 'combined', terms: reversed}, sample), expected, terms, sample);
      }),
    );
  });

  it('nested equals flattened', async () => {
    await fc.assert(
      fc.asyncProperty(
        weightedSpecs,
        weights,
        weightedSpecs,
        samples(),
        async (outer, weight, inner, sample) => {
          const nested = [...outer, [weight, {kind: 'combined', terms: inner}] as const];
          const flat = [...outer, ...inner.map(([factor, spec]) => [weight * factor, spec] as const)];
          const expected = await runSpec({kind: 'combined', terms: flat}, sample);
          await expectSame(runSpec({kind: 'combined', terms: nested}, sample), expected, flat, sample);
        },
      ),
    );
  });

  it('drops a term of weight 0', async () => {
    await fc.assert(
      fc.asyncProperty(weightedSpecs, samples(), async (terms, sample) => {
        const dropped = [
          [0, {kind: 'hinge', margin: 1e30}] as const,
          ...terms,
          [0, {kind: 'lsoftmax', m: 8, lambda: 0}] as const,
        ];
        expect(await runSpec({kind: 'combined', terms: dropped}, sample)).toEqual(
          await runSpec({kind: 'combined', terms}, sample),
        );
      }),
    );
  });

  it('does not even compute a term of weight 0', () => {
    const compute = vi.fn();
    class Forbidden extends Loss {
      constructor() {
        super('forbidden');
      }
      compute(inputs: LossInputs): tf.Tensor1D {
        compute();
        return inputs.atTrueClass(inputs.logits);
      }
      getConfig() {
        return {name: this.name};
      }
    }
    const [labels, logits] = [tf.tensor1d([0], 'int32'), tf.tensor2d([[1, 2]])];
    const forbidden = new Forbidden();
    combined([
      [0, forbidden],
      [1, softmax()],
    ])(labels, logits);
    combined([
      [
        1,
        combined([
          [0, forbidden],
          [1, hinge()],
        ]),
      ],
    ])(labels, logits);
    expect(compute).not.toHaveBeenCalled();
    combined([[1e-3, forbidden]])(labels, logits);
    expect(compute).toHaveBeenCalledOnce();
  });

  it('keeps an unused margin term from asking for geometry', async () => {
    const logits = tf.tensor2d([[1, 1]]);
    const loss = combined([
      [0, lsoftmax()],
      [1, softmax()],
    ]);
    expectClose(await read<number[]>(loss(tf.tensor1d([0], 'int32'), logits)), [Math.LN2], {relative: 1e-6});
  });
});

function runSpec(spec: LossSpec, {problem, upstream}: Sample): Promise<Evaluation> {
  return runLoss(toLoss(spec), problem, upstream);
}

/** Compares within the rounding errors of a combination of `terms`. */
async function expectSame(
  actual: Promise<Evaluation>,
  expected: Evaluation,
  terms: readonly (readonly [number, LossSpec])[],
  {problem, upstream}: Sample,
): Promise<void> {
  const spec: LossSpec = {kind: 'combined', terms};
  expectEvaluation(await actual, expected, tolerances(spec, problem, upstream, contract));
}

function weigh(weight: number, {losses, features, kernel, bias}: Evaluation): Evaluation {
  return {
    losses: scale(weight, losses),
    features: features.map((row) => scale(weight, row)),
    kernel: kernel.map((row) => scale(weight, row)),
    bias: scale(weight, bias),
  };
}

function plus(a: Evaluation, b: Evaluation): Evaluation {
  return {
    losses: add(a.losses, b.losses),
    features: a.features.map((row, index) => add(row, b.features[index]!)),
    kernel: a.kernel.map((row, index) => add(row, b.kernel[index]!)),
    bias: add(a.bias, b.bias),
  };
}
