import type {CombinedLoss} from 'tfjs-losses';
import {describe, expect, test} from 'vitest';
import {chooseHyperparameters} from '../experiments/chooseHyperparameters.js';
import {wholeWork} from '../experiments/shard.js';
import type {Trial} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {isOnPapersLine, weightGrid, weightPairs} from '../experiments/weightGrid.js';
import {parseLoss} from '../lossExpression.js';
import {foundSettings, recordOf} from './records.js';

const options = {epochs: 2, seed: 0, limit: null};

/** The accuracy is highest for L-Softmax at 0.7, A-Softmax at 0.3 and SVM at 0.4. */
function accuracyOf(loss: string): number {
  const [, l, a] = /([\d.]+)\*lsoftmax.*?([\d.]+)\*asoftmax/.exec(loss)!.map(Number);
  const hinge = Number(/([\d.]+)\*hinge/.exec(loss)?.[1] ?? 0.4);
  return 0.5 - Math.abs(l! - 0.7) / 10 - Math.abs(a! - 0.3) / 10 - Math.abs(hinge - 0.4) / 10;
}

async function grid(shard = wholeWork, others: readonly TrialRecord[] = []) {
  const records: TrialRecord[] = [];
  const isWhole = await weightGrid(foundSettings, {...options, shard}, others, async (trial: Trial) => {
    const record = recordOf(trial, accuracyOf(trial.config.loss));
    records.push(record);
    return record;
  });
  return {records, isWhole};
}

describe('the weight grid', () => {
  test('tries every pair, then every weight of SVM on top of the best pair', async () => {
    const {records, isWhole} = await grid();
    expect(isWhole).toBe(true);
    expect(records).toHaveLength(64 + 8);
    const second = records.slice(64).map(({config}) => parseLoss(config.loss) as CombinedLoss);
    expect(second.map(({terms}) => terms[0]!.weight)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    for (const {terms} of second) {
      expect(terms.map(({loss}) => loss.name)).toEqual(['hinge', 'combined']);
      const pair = terms[1]!.loss as CombinedLoss;
      expect(pair.terms.map(({weight, loss}) => [weight, loss.name])).toEqual([
        [0.7, 'lsoftmax'],
        [0.3, 'asoftmax'],
      ]);
    }
  });

  test('in a training of another length, has a λ that falls over the same share of it', async () => {
    const {records} = await grid();
    // Found for 10 epochs with gamma 0.12; these have 2.
    expect(records[0]!.config.loss).toContain(
      'lsoftmax(m=4, lambda=anneal(base=1000, gamma=0.6, power=1, min=14))',
    );
  });

  test('gives the best weights to what is chosen', async () => {
    const {weights} = chooseHyperparameters((await grid()).records, foundSettings);
    expect(weights).toMatchObject({hinge: 0.4, lsoftmax: 0.7, asoftmax: 0.3, from: {trials: 72}});
    expect(weights!.from.validationAccuracy).toBeCloseTo(0.5);
  });

  test('a shard has the second stage only once it knows all pairs', async () => {
    const first = await grid({index: 1, count: 2});
    expect(first.isWhole).toBe(false);
    expect(first.records).toHaveLength(32);
    const second = await grid({index: 2, count: 2}, first.records);
    expect(second.isWhole).toBe(true);
    expect(second.records).toHaveLength(32 + 4);
    expect(second.records.at(-1)!.label).toContain('0.7 L-Softmax + 0.3 A-Softmax');
  });

  test("the paper's line goes up on one side and down on the other", () => {
    expect(weightPairs.filter(isOnPapersLine)).toEqual(
      [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((lsoftmax, i, weights) => ({
        lsoftmax,
        asoftmax: weights[7 - i],
      })),
    );
  });
});
