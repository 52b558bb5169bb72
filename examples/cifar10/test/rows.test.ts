import type {CombinedLoss, LSoftmaxLoss} from 'tfjs-losses';
import {describe, expect, test} from 'vitest';
import {paper} from '../experiments/paper.js';
import {paperRows, rows, rowTrial, timingTrial} from '../experiments/rows.js';
import {parseLoss} from '../lossExpression.js';
import {foundSettings} from './records.js';

const options = {seed: 2, limit: null};
const row = (id: string) => rows.find((each) => each.id === id)!;
const lossOf = (id: string) => parseLoss(rowTrial(row(id), foundSettings, options).config.loss);

describe('the rows', () => {
  test("are the paper's seventeen, eight alone and nine together", () => {
    expect(paperRows.map(({id}) => id)).toEqual(Object.keys(paper));
    expect(paperRows.map(({table}) => table)).toEqual([...Array(8).fill(1), ...Array(9).fill(2)]);
    expect(new Set(rows.map(({id}) => id)).size).toBe(rows.length);
  });

  test('have losses that the trainer understands, with the weights that they name', () => {
    for (const each of paperRows) {
      const loss = parseLoss(rowTrial(each, foundSettings, options).config.loss);
      const margins = [...JSON.stringify(loss.getConfig()).matchAll(/"m":(\d)/g)].map(([, m]) => Number(m));
      const terms = each.id.match(/lsoftmax|asoftmax/g)?.length ?? 0;
      expect(margins, each.id).toEqual(Array(terms).fill(each.m));
    }
    const weights = (id: string) =>
      (lossOf(id) as CombinedLoss).terms.map(({weight, loss}) => [weight, loss.name]);
    expect(weights('hinge-softmax-higher')).toEqual([
      [0.25, 'hinge'],
      [0.75, 'softmax'],
    ]);
    expect(weights('hinge-lsoftmax-asoftmax-3')).toEqual([
      [0.25, 'hinge'],
      [0.65, 'lsoftmax'],
      [0.34, 'asoftmax'],
    ]);
  });

  test('take the settings of their leading term, and the λ that each term was found with', () => {
    const {config, study, label} = rowTrial(row('hinge-lsoftmax-asoftmax-4'), foundSettings, options);
    expect({study, label}).toEqual({study: 'tables', label: 'hinge-lsoftmax-asoftmax-4'});
    expect(config).toMatchObject({learningRate: 0.004, weightDecay: 0.4, dropout: 0.1, seed: 2});
    const lambdas = (parseLoss(config.loss) as CombinedLoss).terms
      .slice(1)
      .map(({loss}) => (loss as LSoftmaxLoss).getConfig().lambda as {min: number});
    expect(lambdas.map(({min}) => min)).toEqual([14, 20]); // A-Softmax's search drew m, so it serves every m
    expect(rowTrial(row('hinge'), foundSettings, options).config.learningRate).toBe(0.001);
  });

  test('are timed in three epochs of the same, on fewer images', () => {
    const {config} = rowTrial(row('softmax'), foundSettings, options);
    expect(timingTrial(row('softmax'), foundSettings, options)).toMatchObject({
      study: 'timing',
      config: {...config, epochs: 3},
      limit: 10_000,
    });
  });

  test('say what to run where a search is missing', () => {
    const {softmax: _, ...settings} = foundSettings.settings;
    expect(() => rowTrial(row('softmax'), {...foundSettings, settings}, options)).toThrow(
      'no search has found settings for softmax yet; run "npm run cifar10 -- search random"',
    );
    expect(() => rowTrial(row('grid-weights-4'), foundSettings, options)).toThrow(
      /run "search grid" and "search choose" first/,
    );
  });
});
